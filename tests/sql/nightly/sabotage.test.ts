import type { PoolClient } from "pg";
import { describe, expect } from "vitest";
import { aMentor, anOrganization, setClock } from "../../support/builders.ts";
import type { MentorOverrides } from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { anAssignment, setLastContact } from "../../support/nightly/assignments.ts";
import { applyBatch, finishNight, runNight, startNight } from "../../support/nightly/runs.ts";
import { call, mentorNow, refusal } from "../../support/outcomes.ts";

/*
 * Each protection is taken away in the test's own transaction, to see that what protects is noticed
 * when it is gone. The same stories with the protection in place must end well.
 */
const NIGHT = "2026-07-01";

/** Replaces a piece of a function's text until the test ends. */
async function sabotage(tx: PoolClient, name: string, piece: string, by: string): Promise<void> {
  const { rows } = await tx.query<{ text: string }>(
    "select pg_get_functiondef($1::regproc) as text",
    [name],
  );
  const text = rows[0]?.text ?? "";
  expect(text.split(piece), `${name} has the piece once`).toHaveLength(2);
  await tx.query(text.replace(piece, by));
}

interface Protection {
  name: string;
  in: string;
  piece: string;
  by: string;
  /** A story that is true only while the protection stands. */
  holds: (tx: PoolClient) => Promise<boolean>;
}

async function renewedInBetween(tx: PoolClient): Promise<boolean> {
  const organization = await anOrganization(tx);
  const mentor = await aMentor(tx, organization, { expiresOn: "2026-06-30" });
  const run = await startNight(tx, organization.id, NIGHT);
  await setClock(tx, NIGHT);
  await call(tx, "grant_certification", {
    mentor_id: mentor.id,
    certification_type_id: organization.typeId,
    valid_from: NIGHT,
    expires_on: "2027-06-30",
  });
  await applyBatch(tx, run);
  return (await mentorNow(tx, mentor.id)).status === "active";
}

async function remindedOnce(tx: PoolClient): Promise<boolean> {
  const organization = await anOrganization(tx);
  await aMentor(tx, organization, { expiresOn: "2026-07-06" });
  const first = await runNight(tx, organization.id, NIGHT);
  const second = await runNight(tx, organization.id, "2026-07-02");
  return first.reminded_count === 1 && second.reminded_count === 0;
}

async function fenced(tx: PoolClient): Promise<boolean> {
  const organization = await anOrganization(tx);
  await aMentor(tx, organization, { expiresOn: "2026-06-30" });
  const asleep = await startNight(tx, organization.id, NIGHT);
  await startNight(tx, organization.id, NIGHT);
  return (await refusal(tx, () => finishNight(tx, asleep)))?.code === "MNRUN";
}

async function braked(tx: PoolClient): Promise<boolean> {
  const organization = await anOrganization(tx, {
    settings: { brake_share: 0.5, brake_minimum: 0 },
  });
  await aMentor(tx, organization, { expiresOn: "2026-06-30" });
  return (await runNight(tx, organization.id, NIGHT)).state === "needs_approval";
}

async function oneBadMentorAlone(tx: PoolClient): Promise<boolean> {
  const organization = await anOrganization(tx);
  await aMentor(tx, organization, { expiresOn: "2026-06-30" });
  const bad = await aMentor(tx, organization, { expiresOn: "2026-06-30" });
  await tx.query(`
    create function pg_temp.fail() returns trigger language plpgsql as $$
    begin
      raise exception 'Planted';
    end;
    $$;
    create trigger planted before insert on app_public.notifications
      for each row when (NEW.mentor_id = '${bad.id}') execute function pg_temp.fail()`);
  return (await runNight(tx, organization.id, NIGHT)).paused_count === 1;
}

/** A night with an assignment that has been silent for 45 days, and the night after it. */
async function silence(tx: PoolClient, mentor: MentorOverrides = {}) {
  const organization = await anOrganization(tx);
  const assignment = await anAssignment(tx, await aMentor(tx, organization, mentor), {
    openedOn: "2026-01-01",
    contactOn: "2026-05-17",
  });
  return { organization, assignment };
}

async function followedUpOnce(tx: PoolClient): Promise<boolean> {
  const { organization } = await silence(tx);
  const first = await runNight(tx, organization.id, NIGHT);
  const second = await runNight(tx, organization.id, "2026-07-02");
  return first.followed_up_count === 1 && second.followed_up_count === 0;
}

async function pausedLeftInPeace(tx: PoolClient): Promise<boolean> {
  const { organization } = await silence(tx, { status: "paused" });
  return (await runNight(tx, organization.id, NIGHT)).followed_up_count === 0;
}

async function ofTheLatestContact(tx: PoolClient): Promise<boolean> {
  const { organization, assignment } = await silence(tx);
  const run = await startNight(tx, organization.id, NIGHT);
  await setLastContact(tx, assignment, "2026-05-16");
  await applyBatch(tx, run);
  return (await finishNight(tx, run)).followed_up_count === 0;
}

const PROTECTIONS: Protection[] = [
  {
    name: "deciding again under the lock",
    in: "app_private.recheck_nightly_actions",
    piece: "still.mentor_id is not null as is_true",
    by: "true as is_true",
    holds: renewedInBetween,
  },
  {
    name: "the ledger of reminders",
    in: "app_private.nightly_reminders",
    piece: "sent.threshold_days <= due.days",
    by: "sent.threshold_days < due.days",
    holds: remindedOnce,
  },
  {
    name: "the ledger of follow-ups",
    in: "app_private.nightly_follow_ups",
    piece: "done.step >= due.step",
    by: "done.step > due.step",
    holds: followedUpOnce,
  },
  {
    name: "the mentor's status after the night",
    in: "app_private.nightly_follow_ups",
    piece: "and m.status_after = 'active'",
    by: "",
    holds: pausedLeftInPeace,
  },
  {
    name: "deciding again about the same contact",
    in: "app_private.recheck_nightly_actions",
    piece: "still.last_contact_on, still.step",
    by: "planned.last_contact_on, still.step",
    holds: ofTheLatestContact,
  },
  {
    name: "the fence",
    in: "app_private.require_running",
    piece: "v_run.attempt <> require_running.attempt",
    by: "false",
    holds: fenced,
  },
  {
    name: "the brake",
    in: "app_private.braked_share",
    piece: "affected.mentors > s.brake_share * present.mentors",
    by: "false",
    holds: braked,
  },
  {
    name: "the halving",
    in: "app_private.apply_nightly_safely",
    piece: "cardinality(mentor_ids) > 1",
    by: "false",
    holds: oneBadMentorAlone,
  },
];

function lock(client: PoolClient) {
  return client.query(
    "select app_private.lock_nightly_run('5b0c5c1e-0000-4000-8000-000000000003')",
  );
}

describe("the suite notices what goes missing", () => {
  test.for(PROTECTIONS)("$name", async (protection, { tx }) => {
    await tx.query("savepoint intact");
    const withIt = await protection.holds(tx);
    await tx.query("rollback to savepoint intact");

    await sabotage(tx, protection.in, protection.piece, protection.by);
    const withoutIt = await protection.holds(tx);

    expect({ withIt, withoutIt }).toEqual({ withIt: true, withoutIt: false });
  });

  test("the overlap lock", async ({ pool }) => {
    const one = await pool.connect();
    const other = await pool.connect();
    try {
      await one.query("begin");
      await lock(one);
      await other.query("begin");
      expect(await refusal(other, () => lock(other))).toMatchObject({ code: "MNRUN" });

      await sabotage(other, "app_private.lock_nightly_run", "if not pg_try", "if false and pg_try");

      expect(await refusal(other, () => lock(other))).toBeUndefined();
    } finally {
      await other.query("rollback");
      one.release(true);
      other.release(true);
    }
  });
});
