import type pg from "pg";
import { describe, expect } from "vitest";
import { aMentor, anOrganization, transaction } from "../../support/builders.ts";
import type { Mentor, Organization } from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import {
  anAssignment,
  followUpsOf,
  setLastContact,
  toldOfSilence,
} from "../../support/nightly/assignments.ts";
import type { Assignment } from "../../support/nightly/assignments.ts";
import { actionsOf } from "../../support/nightly/plan.ts";
import {
  applyBatch,
  applyLocked,
  finishNight,
  runNight,
  startNight,
} from "../../support/nightly/runs.ts";
import type { RunRow } from "../../support/nightly/runs.ts";
import { eventually } from "../../support/nightly/stage.ts";
import { Step, withSessions } from "../../support/sessions.ts";

const CONTACT = "2026-05-17";
const YESTERDAY = "2026-06-30";
/** 45 days after CONTACT. */
const NIGHT = "2026-07-01";

interface Stage {
  /** Where the night works, batch by batch. */
  night: pg.Client;
  /** Where a person works at the same time. */
  person: pg.Client;
  /** Of whom pg_locks and pg_stat_activity can be asked meanwhile. */
  observer: pg.Client;
  organization: Organization;
  /** Two mentors in the order in which the night takes them, each with a silent assignment. */
  first: { mentor: Mentor; assignment: Assignment };
  second: { mentor: Mentor; assignment: Assignment };
}

async function onStage(url: string, play: (stage: Stage) => Promise<void>): Promise<void> {
  await withSessions(url, 2, async (sessions, observer) => {
    const [night, person] = sessions.map(({ client }) => client) as [pg.Client, pg.Client];
    const cast = await transaction(person, async () => {
      const organization = await anOrganization(person);
      const mentors = [
        await aMentor(person, organization, { expiresOn: "2029-12-31" }),
        await aMentor(person, organization, { expiresOn: "2029-12-31" }),
      ].toSorted((a, b) => (a.id < b.id ? -1 : 1));
      const [first, second] = await Promise.all(
        mentors.map(async (mentor, index) => ({
          mentor,
          assignment: await anAssignment(person, mentor, {
            key: `A-${index + 1}`,
            openedOn: "2026-01-01",
            contactOn: CONTACT,
          }),
        })),
      );
      return { organization, first: first!, second: second! };
    });
    await play({ night, person, observer, ...cast });
  });
}

async function outcomes(stage: Stage, run: RunRow): Promise<string[]> {
  const all: string[] = [];
  for (const outcome of ["planned", "applied", "superseded", "failed"]) {
    for (const row of await actionsOf(stage.night, run.id, outcome)) {
      all.push(`${row.assignment_key} ${outcome}`);
    }
  }
  return all.toSorted();
}

describe("C10, F1: a contact between plan and apply", () => {
  test("supersedes the follow-up: nobody is told, and the other is followed up", async ({
    databaseUrl,
  }) => {
    await onStage(databaseUrl, async (stage) => {
      const { night, person, organization, first, second } = stage;
      const run = await startNight(night, organization.id, NIGHT);

      await setLastContact(person, first.assignment, YESTERDAY);
      await applyBatch(night, run);
      const finished = await finishNight(night, run);

      expect(finished).toMatchObject({ state: "succeeded", followed_up_count: 1 });
      expect(await outcomes(stage, run)).toEqual(["A-1 superseded", "A-2 applied"]);
      expect(await followUpsOf(night, first.assignment)).toEqual([]);
      expect(await toldOfSilence(night, first.assignment)).toEqual([]);
      expect(await toldOfSilence(night, second.assignment)).toEqual(["2026-05-17 1 mentor"]);
    });
  });

  test("that is itself long ago supersedes it too; the next start speaks of that one", async ({
    databaseUrl,
  }) => {
    await onStage(databaseUrl, async (stage) => {
      const { night, person, organization, first } = stage;
      await setLastContact(person, first.assignment, "2026-05-10");
      const run = await startNight(night, organization.id, NIGHT);

      await setLastContact(person, first.assignment, "2026-05-12");
      await applyBatch(night, run);
      await finishNight(night, run);
      expect(await outcomes(stage, run)).toEqual(["A-1 superseded", "A-2 applied"]);
      await runNight(night, organization.id, NIGHT);

      expect(await toldOfSilence(night, first.assignment)).toEqual(["2026-05-12 1 mentor"]);
    });
  });

  test.for([
    { name: "closed", change: "update app_public.assignments set closed_on = $2 where id = $1" },
    {
      name: "of a mentor who is paused",
      change: `insert into app_public.mentor_pauses (mentor_id, cause, reason, started_at, started_by)
               select a.mentor_id, 'coordinator', 'Rest', $2::date, 'test'
               from app_public.assignments as a where a.id = $1`,
    },
  ])(
    "an assignment that is $name in between is superseded",
    async ({ change }, { databaseUrl }) => {
      await onStage(databaseUrl, async (stage) => {
        const { night, person, organization, first } = stage;
        const run = await startNight(night, organization.id, NIGHT);

        await person.query(change, [first.assignment.id, YESTERDAY]);
        await applyBatch(night, run);

        expect(await outcomes(stage, run)).toContain("A-1 superseded");
        expect(await toldOfSilence(night, first.assignment)).toEqual([]);
      });
    },
  );
});

describe("F1: a contact that is just being registered", () => {
  test.for([
    { ending: "commit", outcome: "superseded", told: [] },
    { ending: "rollback", outcome: "applied", told: ["2026-05-17 1 mentor"] },
  ])(
    "is passed over, and after $ending the plan is $outcome",
    async ({ ending, outcome, told }, { databaseUrl }) => {
      await onStage(databaseUrl, async (stage) => {
        const { night, person, organization, first } = stage;
        const run = await startNight(night, organization.id, NIGHT);
        await person.query("begin");
        await setLastContact(person, first.assignment, YESTERDAY);

        await applyBatch(night, run);
        expect(await outcomes(stage, run)).toEqual(["A-1 planned", "A-2 applied"]);
        await person.query(ending);
        expect(await applyLocked(night, run)).toBe(true);
        expect(await applyLocked(night, run)).toBe(false);

        expect((await finishNight(night, run)).state).toBe("succeeded");
        expect(await outcomes(stage, run)).toEqual([`A-1 ${outcome}`, "A-2 applied"]);
        expect(await toldOfSilence(night, first.assignment)).toEqual(told);
      });
    },
  );

  test("and commits while the night looks for it once more, is seen", async ({ databaseUrl }) => {
    await onStage(databaseUrl, async (stage) => {
      const { night, person, observer, organization, first } = stage;
      const run = await startNight(night, organization.id, NIGHT);
      await person.query("begin");
      await setLastContact(person, first.assignment, YESTERDAY);
      await applyBatch(night, run);
      const { rows } = await night.query<{ pid: number }>("select pg_backend_pid() as pid");

      const applied = applyLocked(night, run);
      await eventually(async () => {
        const { rows: waits } = await observer.query<{ wait_event: string }>(
          "select a.wait_event from pg_stat_activity as a where a.pid = $1",
          [rows[0]!.pid],
        );
        expect(waits[0]?.wait_event).toBe("PgSleep");
      });
      await person.query("commit");
      await applied;

      expect(await outcomes(stage, run)).toEqual(["A-1 superseded", "A-2 applied"]);
      expect(await toldOfSilence(night, first.assignment)).toEqual([]);
    });
  });

  test("and never ends fails its mentor alone, and the next start repairs it", async ({
    databaseUrl,
  }) => {
    await onStage(databaseUrl, async (stage) => {
      const { night, person, organization, first } = stage;
      const run = await startNight(night, organization.id, NIGHT);
      await person.query("begin");
      await setLastContact(person, first.assignment, YESTERDAY);

      await applyBatch(night, run);
      await applyLocked(night, run);
      const finished = await finishNight(night, run);

      expect(finished).toMatchObject({
        state: "succeeded_with_failures",
        failed_count: 1,
        followed_up_count: 1,
      });
      const { rows } = await night.query(
        `select left(a.outcome_detail, 5) as code
         from app_public.nightly_run_actions as a
         where a.run_id = $1 and a.outcome = 'failed'`,
        [run.id],
      );
      expect(rows).toEqual([{ code: "55P03" }]);
      await person.query("rollback");

      expect(await runNight(night, organization.id, NIGHT)).toMatchObject({
        state: "succeeded",
        attempt: 2,
        followed_up_count: 2,
      });
    });
  });

  test("waits for a night that has decided, and comes after it", async ({ databaseUrl }) => {
    await onStage(databaseUrl, async (stage) => {
      const { night, person, observer, organization, first } = stage;
      const run = await startNight(night, organization.id, NIGHT);
      const { rows } = await person.query<{ pid: number }>("select pg_backend_pid() as pid");
      await night.query("begin");
      await applyBatch(night, run);

      const contact = new Step(() => setLastContact(person, first.assignment, YESTERDAY));
      await contact.settle(observer, rows[0]!.pid);
      expect(contact.isDone, "before the night has committed").toBe(false);
      await night.query("commit");
      await contact.settle(observer, rows[0]!.pid);

      expect(contact.isDone).toBe(true);
      expect(await toldOfSilence(night, first.assignment)).toEqual(["2026-05-17 1 mentor"]);
      await finishNight(night, run);
      expect(await runNight(night, organization.id, "2026-07-02")).toMatchObject({
        followed_up_count: 0,
      });
    });
  });

  test("in an order against the night's does not end in a deadlock", async ({ databaseUrl }) => {
    await onStage(databaseUrl, async (stage) => {
      const { night, person, observer, organization, first, second } = stage;
      const run = await startNight(night, organization.id, NIGHT);
      const { rows } = await person.query<{ pid: number }>("select pg_backend_pid() as pid");
      // The night of a coordinator is one transaction, whose locks last until its end.
      await night.query("begin");
      await applyBatch(night, run, { size: 1 });
      await person.query("begin");
      await setLastContact(person, second.assignment, YESTERDAY);
      const contact = new Step(() => setLastContact(person, first.assignment, YESTERDAY));
      await contact.settle(observer, rows[0]!.pid);
      expect(contact.isDone, "waits for the night").toBe(false);

      await applyBatch(night, run, { after: first.mentor.id });
      expect(await applyLocked(night, run)).toBe(true);
      expect(await outcomes(stage, run)).toEqual(["A-1 applied", "A-2 failed"]);
      await night.query("commit");
      await contact.settle(observer, rows[0]!.pid);
      await person.query("commit");

      expect(contact.isDone).toBe(true);
      expect((await finishNight(night, run)).failed_count).toBe(1);
      expect(await runNight(night, organization.id, NIGHT)).toMatchObject({
        state: "succeeded",
        followed_up_count: 1,
      });
      expect(await toldOfSilence(night, second.assignment)).toEqual([]);
    });
  });
});

describe("F4: two nights at once", () => {
  test("the second is refused with MNRUN, and each is told once", async ({ databaseUrl }) => {
    await onStage(databaseUrl, async (stage) => {
      const { night, person, organization, first, second } = stage;
      await night.query("begin");
      await runNight(night, organization.id, NIGHT);

      await expect(runNight(person, organization.id, NIGHT)).rejects.toMatchObject({
        code: "MNRUN",
      });
      await night.query("commit");
      await runNight(person, organization.id, NIGHT);

      for (const { assignment } of [first, second]) {
        expect(await toldOfSilence(person, assignment)).toEqual(["2026-05-17 1 mentor"]);
      }
    });
  });

  test("an attempt that was taken over follows nobody up", async ({ databaseUrl }) => {
    await onStage(databaseUrl, async (stage) => {
      const { night, person, organization, first } = stage;
      const asleep = await startNight(night, organization.id, NIGHT);
      const awake = await startNight(person, organization.id, NIGHT);

      await expect(applyBatch(night, asleep)).rejects.toMatchObject({ code: "MNRUN" });
      expect(await toldOfSilence(night, first.assignment)).toEqual([]);

      await applyBatch(person, awake);
      expect(await finishNight(person, awake)).toMatchObject({ followed_up_count: 2 });
    });
  });
});
