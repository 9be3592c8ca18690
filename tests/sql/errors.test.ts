import { randomUUID } from "node:crypto";
import type pg from "pg";
import { describe, expect } from "vitest";
import {
  type Database,
  TODAY,
  aMentor,
  aPerson,
  actAs,
  addDays,
  anAssignment,
  anOrganization,
} from "../support/builders.ts";
import { test } from "../support/database.ts";
import { call, refusal } from "../support/outcomes.ts";

type Case = (tx: Database, pool: pg.Pool) => Promise<unknown>;

const nobody = "00000000-0000-4000-8000-000000000000";

const pause = (tx: Database, mentorId: string, args: Record<string, unknown> = {}) =>
  call(tx, "pause_mentor", { mentor_id: mentorId, reason: "Rest", ...args });

/** A run that the brake stopped. */
async function aBrakedRun(tx: Database) {
  const organization = await anOrganization(tx, {
    settings: { brake_minimum: 0, brake_share: 0 },
  });
  await aMentor(tx, organization, { expiresOn: addDays(TODAY, -1) });
  return await call(tx, "run_nightly", { organization_id: organization.id, run_on: TODAY });
}

/** The shortest story that ends with each code. */
const CASES: Record<string, Case> = {
  MNTRA: async (tx) => {
    const { id } = await aMentor(tx, await anOrganization(tx), { status: "retired" });
    await pause(tx, id);
  },
  MNVER: async (tx) => {
    const { id } = await aMentor(tx, await anOrganization(tx));
    await pause(tx, id, { expected_version: 1 });
  },
  MNCRT: async (tx) => {
    const { id } = await aMentor(tx, await anOrganization(tx), {
      status: "paused",
      pauseCause: "certification",
    });
    await call(tx, "resume_mentor", { mentor_id: id });
  },
  MNAPA: async (tx) => {
    const { id } = await aMentor(tx, await anOrganization(tx), { status: "paused" });
    await pause(tx, id);
  },
  MNNPA: async (tx) => {
    const { id } = await aMentor(tx, await anOrganization(tx));
    await call(tx, "resume_mentor", { mentor_id: id });
  },
  MNDEN: async (tx) => {
    const organization = await anOrganization(tx);
    const { id } = await aMentor(tx, organization);
    await actAs(tx, await aPerson(tx, organization));
    await pause(tx, id);
  },
  MNDAT: async (tx) => {
    const { id } = await aMentor(tx, await anOrganization(tx));
    await pause(tx, id, { expected_return_on: TODAY });
  },
  MNRUN: async (tx, pool) => {
    const { id } = await anOrganization(tx);
    const other = await pool.connect();
    try {
      await other.query("begin");
      await other.query("select app_private.lock_nightly_run($1)", [id]);
      await call(tx, "run_nightly", { organization_id: id, run_on: TODAY });
    } finally {
      await other.query("rollback");
      other.release();
    }
  },
  MNBRK: async (tx) => {
    const run = await aBrakedRun(tx);
    await tx.query("update app_public.nightly_runs set state = 'running' where id = $1", [
      run["id"],
    ]);
  },
  MNAPR: async (tx) => {
    const run = await aBrakedRun(tx);
    await call(tx, "approve_nightly_run", { run_id: run["id"] });
    await call(tx, "approve_nightly_run", { run_id: run["id"] });
  },
  MNNOT: async (tx) => {
    await pause(tx, nobody);
  },
  MNREQ: async (tx) => {
    const { id } = await aMentor(tx, await anOrganization(tx));
    const request_id = randomUUID();
    await pause(tx, id, { request_id });
    await call(tx, "resume_mentor", { mentor_id: id, request_id });
  },
  MNACT: async (tx) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);
    const { id } = await anAssignment(tx, mentor);
    await actAs(tx, mentor.personId);
    await call(tx, "register_activity", { assignment_id: id, kind: "proxy" });
  },
  MNCON: async (tx) => {
    const { id } = await anAssignment(tx, await aMentor(tx, await anOrganization(tx)));
    await tx.query("update app_public.assignments set last_contact_on = $2 where id = $1", [
      id,
      TODAY,
    ]);
  },
  MNKEY: async (tx) => {
    const { id } = await aMentor(tx, await anOrganization(tx));
    await tx.query(
      `update app_public.portal_listings set observed_visible = true, observed_at = now()
       where mentor_id = $1`,
      [id],
    );
    await tx.query("update app_public.mentors set mentor_key = 'M-other' where id = $1", [id]);
  },
  MNARG: async (tx) => {
    await call(tx, "roster", { first: 101 });
  },
  MNAPP: async (tx) => {
    await aMentor(tx, await anOrganization(tx));
    await tx.query("delete from app_public.mentor_journal");
  },
};

describe("S1 every refusal has its code", () => {
  test.for(Object.entries(CASES))("%s", async ([code, story], { tx, pool }) => {
    expect(await refusal(tx, () => story(tx, pool))).toMatchObject({ code });
  });

  test("every code of the table has a story here", async ({ tx }) => {
    const { rows } = await tx.query<{ code: string }>("select code from app_public.error_codes");

    expect(rows.map(({ code }) => code).toSorted()).toEqual(Object.keys(CASES).toSorted());
  });

  test("every code that is raised is in the table", async ({ tx }) => {
    const { rows } = await tx.query<{ raised: string }>(
      `select distinct match[1] || ' in ' || p.oid::regprocedure as raised
       from pg_proc as p
       join pg_namespace as n on n.oid = p.pronamespace
       cross join lateral regexp_matches(p.prosrc, 'errcode\\s*=\\s*''(MN\\w+)''', 'g') as match
       where n.nspname in ('app_public', 'app_private')
         and match[1] not in (select e.code from app_public.error_codes as e)`,
    );

    expect(rows).toEqual([]);
  });

  test("every function names the codes that it raises in its comment", async ({ tx }) => {
    const { rows } = await tx.query<{ unnamed: string }>(
      `select distinct match[1] || ' in ' || p.oid::regprocedure as unnamed
       from pg_proc as p
       join pg_namespace as n on n.oid = p.pronamespace
       cross join lateral regexp_matches(p.prosrc, 'errcode\\s*=\\s*''(MN\\w+)''', 'g') as match
       where n.nspname in ('app_public', 'app_private')
         and coalesce(obj_description(p.oid, 'pg_proc'), '') !~ ('Errors:.*' || match[1])`,
    );

    expect(rows).toEqual([]);
  });
});
