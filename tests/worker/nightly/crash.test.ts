import type { Pool } from "pg";
import { describe, expect, vi } from "vitest";
import { runNightly } from "../../../worker/nightly/run.ts";
import { addDays, transaction } from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { aftermath } from "../../support/nightly/aftermath.ts";
import { startNightlyChild } from "../../support/nightly/child.ts";
import type { MentorFacts, World } from "../../support/nightly/oracle.ts";
import { ledger } from "../../support/nightly/runs.ts";
import { WORLD_BEGINS, enterWorld } from "../../support/nightly/world.ts";

const NIGHT = addDays(WORLD_BEGINS, 20);
const MENTORS = 30;

/** A third lapses, a third is reminded, a third returns; an assignment of each has been silent. */
const WORLD: World = {
  graceDays: 0,
  customThresholds: false,
  thresholds: [],
  followUpAfterDays: 45,
  followUpSteps: [0, 15],
  types: [{ name: "Course", required: true, graceDays: null, thresholds: null }],
  mentors: Array.from({ length: MENTORS }, (_, n): MentorFacts => {
    const until = addDays(NIGHT, [-1, 10, 300][n % 3] ?? 0);
    return {
      key: `m-${n}`,
      consent: true,
      retired: false,
      certifications: [
        { type: "Course", from: "2027-01-01", until, replacedOn: null, revoked: false },
      ],
      personPause: n % 3 === 2 ? { returnOn: NIGHT } : null,
    };
  }),
  assignments: Array.from({ length: MENTORS }, (_, n) => ({
    key: `a-${n}`,
    mentor: `m-${n}`,
    openedOn: "2027-09-01",
    closedOn: null,
    contacts: [addDays(NIGHT, -50 - n)],
  })),
};

async function aWorld(pool: Pool): Promise<string> {
  const client = await pool.connect();
  try {
    return await transaction(client, () => enterWorld(client, WORLD), { on: WORLD_BEGINS });
  } finally {
    client.release(true);
  }
}

/** What one clean run leaves behind in such a world. */
async function undisturbed(pool: Pool) {
  const organizationId = await aWorld(pool);
  await runNightly(pool, { organizationId, runOn: NIGHT });
  return await aftermath(pool, organizationId);
}

/** The lock is free once the server has noticed the death; MNRUN until then. */
async function runOnceFree(pool: Pool, organizationId: string) {
  return await vi.waitFor(() => runNightly(pool, { organizationId, runOn: NIGHT, batchSize: 4 }), {
    timeout: 50_000,
    interval: 50,
  });
}

async function doneSoFar(pool: Pool, organizationId: string): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `select count(distinct a.mentor_id) as count
     from app_public.nightly_run_actions as a
     join app_public.nightly_runs as r on r.id = a.run_id
     where r.organization_id = $1 and a.outcome = 'applied'`,
    [organizationId],
  );
  return rows[0]?.count ?? 0;
}

/** The server process that holds the child's lock transaction, or that works for it. */
async function backendOf(pool: Pool, role: "lock" | "work"): Promise<number> {
  return await vi.waitFor(
    async () => {
      const { rows } = await pool.query<{ pid: number }>(
        `select a.pid
         from pg_stat_activity as a
         where a.datname = current_database()
           and a.application_name = 'nightly-child'
           and ($1 = 'lock') = (a.state = 'idle in transaction')
           and ($1 = 'lock' or a.wait_event_type = 'Lock')`,
        [role],
      );
      expect(rows).toHaveLength(1);
      return rows[0]?.pid ?? 0;
    },
    { timeout: 50_000, interval: 20 },
  );
}

describe("C2: a night killed in the middle", () => {
  test.for([1, 2, 5])(
    "after batch %i of 6",
    { timeout: 60_000 },
    async (batch, { pool, databaseUrl }) => {
      const organizationId = await aWorld(pool);
      const child = startNightlyChild(databaseUrl, organizationId, NIGHT, { freezeAfter: batch });
      await child.printed(`batch ${batch}`);

      child.process.kill("SIGKILL");
      await child.ended;
      expect(await doneSoFar(pool, organizationId)).toBe(batch * 5);
      const run = await runOnceFree(pool, organizationId);

      expect(run).toMatchObject({
        state: "succeeded",
        attempt: 2,
        counts: { paused: 10, reminded: 10, resumed: 10, followedUp: 20, unchanged: 0 },
      });
      expect(await aftermath(pool, organizationId)).toEqual(await undisturbed(pool));
    },
  );

  test("twice in a row", { timeout: 60_000 }, async ({ pool, databaseUrl }) => {
    const organizationId = await aWorld(pool);
    for (const batchSize of [3, 4]) {
      await vi.waitFor(
        async () => {
          const child = startNightlyChild(databaseUrl, organizationId, NIGHT, {
            batchSize,
            freezeAfter: 2,
          });
          await child.printed("batch 2");
          child.process.kill("SIGKILL");
          await child.ended;
          expect(child.lines).toContain("batch 2");
        },
        { timeout: 50_000, interval: 50 },
      );
    }

    const run = await runOnceFree(pool, organizationId);

    expect(run).toMatchObject({ state: "succeeded", attempt: 3 });
    expect(await aftermath(pool, organizationId)).toEqual(await undisturbed(pool));
  });

  test.for([{ server: "commits it" }, { server: "rolls it back" }])(
    "inside a batch, which the server $server",
    { timeout: 60_000 },
    async ({ server }, { pool, databaseUrl }) => {
      const organizationId = await aWorld(pool);
      const gate = await pool.connect();
      try {
        await gate.query("begin; lock table app_public.certification_reminders in share mode");
        const child = startNightlyChild(databaseUrl, organizationId, NIGHT, { batchSize: 100 });
        const backend = await backendOf(pool, "work");

        child.process.kill("SIGKILL");
        await child.ended;
        if (server === "rolls it back") {
          await gate.query("select pg_terminate_backend($1)", [backend]);
        }
        await gate.query("commit");
      } finally {
        gate.release(true);
      }
      const run = await runOnceFree(pool, organizationId);

      expect(run).toMatchObject({ state: "succeeded", attempt: 2, counts: { paused: 10 } });
      expect(await aftermath(pool, organizationId)).toEqual(await undisturbed(pool));
    },
  );
});

describe("C2: the lock and the fence", () => {
  test(
    "while one process works, another is refused",
    { timeout: 60_000 },
    async ({ pool, databaseUrl }) => {
      const organizationId = await aWorld(pool);
      const child = startNightlyChild(databaseUrl, organizationId, NIGHT, { freezeAfter: 1 });
      await child.printed("batch 1");

      await expect(runNightly(pool, { organizationId, runOn: NIGHT })).rejects.toMatchObject({
        code: "MNRUN",
      });
      child.process.stdin?.write("\n");
      await child.ended;

      expect(child.lines.at(-1)).toBe("succeeded");
      expect(await aftermath(pool, organizationId)).toEqual(await undisturbed(pool));
    },
  );

  test(
    "a frozen process whose lock was broken wakes up, writes nothing and gives up",
    {
      timeout: 60_000,
    },
    async ({ pool, databaseUrl }) => {
      const organizationId = await aWorld(pool);
      const child = startNightlyChild(databaseUrl, organizationId, NIGHT, { freezeAfter: 2 });
      await child.printed("batch 2");
      child.process.kill("SIGSTOP");
      await pool.query("select pg_terminate_backend($1)", [await backendOf(pool, "lock")]);

      const run = await runOnceFree(pool, organizationId);
      const after = await aftermath(pool, organizationId);
      child.process.kill("SIGCONT");
      child.process.stdin?.write("\n");
      await child.ended;

      expect(run).toMatchObject({ state: "succeeded", attempt: 2 });
      expect(child.process.exitCode).toBe(1);
      expect(child.lines.filter((line) => line.startsWith("batch"))).toEqual([
        "batch 1",
        "batch 2",
      ]);
      expect(await aftermath(pool, organizationId)).toEqual(after);
      expect(after).toEqual(await undisturbed(pool));
      expect(await ledger(pool, organizationId)).toMatchObject([
        { state: "succeeded", attempt: 2 },
      ]);
    },
  );
});
