import fc from "fast-check";
import type { PoolClient } from "pg";
import { expect, vi } from "vitest";
import { addDays, atClock } from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { Oracle } from "../../support/nightly/oracle.ts";
import type { World } from "../../support/nightly/oracle.ts";
import { aftermath } from "../../support/nightly/aftermath.ts";
import { actionsOf, asDecisions, planOf, sorted } from "../../support/nightly/plan.ts";
import { runNight } from "../../support/nightly/runs.ts";
import { violationsOf } from "../../support/outcomes.ts";
import {
  WORLD_BEGINS,
  enterContacts,
  enterWorld,
  worldArbitrary,
} from "../../support/nightly/world.ts";

const SEED = 20_261_122;

// Many worlds each; a busy machine takes its time.
vi.setConfig({ testTimeout: 180_000 });

/** One random world after the other in one transaction; each is forgotten before the next. */
async function forWorlds(
  tx: PoolClient,
  numRuns: number,
  check: (world: World, days: number) => Promise<void>,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(worldArbitrary, fc.integer({ min: 1, max: 100 }), async (world, days) => {
      await tx.query("savepoint world");
      try {
        await check(world, days);
      } finally {
        await tx.query("rollback to savepoint world");
      }
    }),
    { seed: SEED, numRuns },
  );
}

test("C10, F1: the plan of any date agrees with an independent reading of the rules", async ({
  tx,
}) => {
  let decided = 0;
  let followedUp = 0;
  await forWorlds(tx, 100, async (world, days) => {
    const oracle = new Oracle(world);
    const organizationId = await enterWorld(tx, world);
    const day = addDays(WORLD_BEGINS, days);
    await enterContacts(tx, organizationId, world, { after: WORLD_BEGINS, until: day });

    const plan = await planOf(tx, organizationId, day);

    const states = oracle.begin(WORLD_BEGINS);
    expect(asDecisions(plan)).toEqual(sorted(oracle.decide(states, day)));
    for (const { action, mentor_key, certification_type } of plan) {
      const mentor = world.mentors.find(({ key }) => key === mentor_key);
      if (action === "pause" && mentor) {
        expect(oracle.lacking(mentor, day)).toContain(certification_type);
      }
    }
    decided += plan.length;
    followedUp += plan.filter(({ action }) => action === "follow_up").length;
  });
  // Worlds in which nothing happens would agree with anything.
  expect(decided).toBeGreaterThan(300);
  expect(followedUp).toBeGreaterThan(100);
});

test("C10, C2, F1: a run applies exactly the rows of the plan, and leaves nothing for a second one", async ({
  tx,
}) => {
  await forWorlds(tx, 40, async (world, days) => {
    const organizationId = await enterWorld(tx, world);
    const day = addDays(WORLD_BEGINS, days);
    await enterContacts(tx, organizationId, world, { after: WORLD_BEGINS, until: day });
    const plan = await planOf(tx, organizationId, day);

    const run = await runNight(tx, organizationId, day);

    expect(await actionsOf(tx, run.id)).toEqual(plan);
    expect(run.state).toBe("succeeded");
    const count = (action: string) => plan.filter((row) => row.action === action).length;
    expect(run).toMatchObject({
      paused_count: count("pause"),
      resumed_count: count("resume"),
      reminded_count: count("remind"),
      followed_up_count: count("follow_up"),
      hidden_count: count("hide"),
      shown_count: count("show"),
      mentor_count: world.mentors.filter(({ retired }) => !retired).length,
      unchanged_count:
        world.mentors.filter(({ retired }) => !retired).length -
        new Set(plan.map((row) => row.mentor_key)).size,
    });
    expect(await planOf(tx, organizationId, day)).toEqual([]);
    expect(await violationsOn(tx, organizationId, day)).toEqual([]);
    const left = await aftermath(tx, organizationId);

    const again = await runNight(tx, organizationId, day);

    expect(await aftermath(tx, organizationId)).toEqual(left);
    expect(again).toMatchObject({ id: run.id, state: "succeeded", attempt: 2 });
  });
});

test(
  "C2, C5, F1: sixty nights lead where one late night leads, and the late one repeats no reminder",
  {
    timeout: 120_000,
  },
  async ({ tx }) => {
    await forWorlds(tx, 6, async (world) => {
      const oracle = new Oracle(world);
      const organizationId = await enterWorld(tx, world);
      const last = addDays(WORLD_BEGINS, 60);
      const states = oracle.begin(WORLD_BEGINS);

      await tx.query("savepoint daily");
      for (let n = 1; n <= 60; n += 1) {
        const day = addDays(WORLD_BEGINS, n);
        const before = addDays(day, -1);
        await enterContacts(tx, organizationId, world, { after: before, until: day });
        const run = await runNight(tx, organizationId, day);
        const expected = sorted(oracle.apply(states, day));
        expect(asDecisions(await actionsOf(tx, run.id)), day).toEqual(expected);
      }
      const daily = await standing(tx, organizationId);
      expect(await violationsOn(tx, organizationId, last)).toEqual([]);
      for (const [key, { status }] of states) expect(daily.statuses[key]).toBe(status);
      expect(daily.sent).toEqual(
        [...states]
          .flatMap(([key, s]) => [...s.sent, ...s.followedUp].map((x) => `${key} ${x}`))
          .toSorted(),
      );
      expect(new Set(daily.sent).size).toBe(daily.sent.length);
      await tx.query("rollback to savepoint daily");

      await enterContacts(tx, organizationId, world, { after: WORLD_BEGINS, until: last });
      await runNight(tx, organizationId, last);

      const late = await standing(tx, organizationId);
      // Whoever was certified and lapsed again in between has been active only where nights ran.
      for (const [key, status] of Object.entries(late.statuses)) {
        if (status !== "pending") expect(daily.statuses[key], key).toBe(status);
      }
      expect(daily.sent).toEqual(expect.arrayContaining(late.sent));
      expect(await violationsOn(tx, organizationId, last)).toEqual([]);
    });
  },
);

/** On the day itself: the contacts have come in by then, and the roster follows from them. */
async function violationsOn(tx: PoolClient, organizationId: string, day: string) {
  return await atClock(tx, day, () => violationsOf(tx, organizationId, day));
}

/** Statuses by mentor key, and the reminders and follow-ups that were sent as the oracle writes them. */
async function standing(tx: PoolClient, organizationId: string) {
  const { rows: mentors } = await tx.query<{ mentor_key: string; status: string }>(
    "select mentor_key, status from app_public.mentors where organization_id = $1",
    [organizationId],
  );
  const { rows: sent } = await tx.query<{ sent: string }>(
    `select concat_ws(' ', m.mentor_key, t.name, n.expires_on, n.threshold_days,
       a.assignment_key, n.last_contact_on, n.step) as sent
     from app_public.notifications as n
     join app_public.mentors as m on m.id = n.mentor_id
     left join app_public.certifications as c on c.id = n.certification_id
     left join app_public.certification_types as t on t.id = c.certification_type_id
     left join app_public.assignments as a on a.id = n.assignment_id
     where n.organization_id = $1
       and n.kind in ('certification_reminder', 'assignment_quiet')`,
    [organizationId],
  );
  return {
    statuses: Object.fromEntries(mentors.map(({ mentor_key, status }) => [mentor_key, status])),
    sent: sent.map((row) => row.sent).toSorted(),
  };
}
