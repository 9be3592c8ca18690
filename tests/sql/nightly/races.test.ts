import type { Pool, PoolClient } from "pg";
import { describe, expect } from "vitest";
import { aMentor, anOrganization, setClock, transaction } from "../../support/builders.ts";
import type { Mentor, Organization } from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { actionsOf, brief } from "../../support/nightly/plan.ts";
import {
  applyBatch,
  applyLocked,
  finishNight,
  ledger,
  runNight,
  startNight,
} from "../../support/nightly/runs.ts";
import {
  call,
  mentorNow,
  openPausesOf,
  pausesOf,
  toldAbout,
  violationsOf,
} from "../../support/outcomes.ts";

const NIGHT = "2026-07-01";

interface Stage {
  /** Where the night works, batch by batch. */
  night: PoolClient;
  /** Where a person works at the same time. */
  person: PoolClient;
  organization: Organization;
  anna: Mentor;
  bert: Mentor;
}

/** Anna and Bert have lapsed; two connections, whose transactions commit. */
async function onStage(pool: Pool, play: (stage: Stage) => Promise<void>): Promise<void> {
  const night = await pool.connect();
  const person = await pool.connect();
  try {
    const cast = await transaction(person, async () => {
      const organization = await anOrganization(person);
      const anna = await aMentor(person, organization, {
        mentorKey: "anna",
        expiresOn: "2026-06-30",
      });
      const bert = await aMentor(person, organization, {
        mentorKey: "bert",
        expiresOn: "2026-06-30",
      });
      return { organization, anna, bert };
    });
    await play({ night, person, ...cast });
  } finally {
    night.release(true);
    person.release(true);
  }
}

async function renew(db: PoolClient, organization: Organization, mentor: Mentor): Promise<void> {
  await call(db, "grant_certification", {
    mentor_id: mentor.id,
    certification_type_id: organization.typeId,
    valid_from: NIGHT,
    expires_on: "2027-06-30",
  });
}

async function statuses({ night, anna, bert }: Stage): Promise<string[]> {
  return [(await mentorNow(night, anna.id)).status, (await mentorNow(night, bert.id)).status];
}

describe("C10: what a person does between plan and apply wins", () => {
  test("a renewal: no pause, no hiding, and the evidence says superseded", async ({ pool }) => {
    await onStage(pool, async (stage) => {
      const { night, person, organization, anna } = stage;
      const run = await startNight(night, organization.id, NIGHT);

      await transaction(person, () => renew(person, organization, anna), { on: NIGHT });
      await applyBatch(night, run);
      const finished = await finishNight(night, run);

      expect(finished).toMatchObject({ state: "succeeded", paused_count: 1, unchanged_count: 1 });
      expect(await statuses(stage)).toEqual(["active", "paused"]);
      expect(await pausesOf(night, anna.id)).toEqual([]);
      expect(await toldAbout(night, anna.id)).toEqual([]);
      expect(brief(await actionsOf(night, run.id, "superseded"))).toEqual([
        "hide anna not_to_be_listed",
        "pause anna certification_expired",
      ]);
      expect(await violationsOf(night, organization.id, NIGHT)).toEqual([]);
    });
  });

  test("a renewal: no reminder", async ({ pool }) => {
    await onStage(pool, async ({ night, person, organization }) => {
      const carl = await transaction(person, () =>
        aMentor(person, organization, { expiresOn: "2026-07-10" }),
      );
      const run = await startNight(night, organization.id, NIGHT);

      await transaction(person, () => renew(person, organization, carl), { on: NIGHT });
      await applyBatch(night, run);
      const finished = await finishNight(night, run);

      expect(finished.reminded_count).toBe(0);
      expect(await toldAbout(night, carl.id)).toEqual([]);
    });
  });

  test("a revocation: one pause, the person's", async ({ pool }) => {
    await onStage(pool, async ({ night, person, organization, anna }) => {
      const run = await startNight(night, organization.id, NIGHT);

      await transaction(
        person,
        () =>
          call(person, "revoke_certification", {
            certification_id: anna.certificationId,
            reason: "Course was cancelled",
          }),
        { on: NIGHT },
      );
      await applyBatch(night, run);
      const finished = await finishNight(night, run);

      expect(finished).toMatchObject({ state: "succeeded", paused_count: 1 });
      expect(await openPausesOf(night, anna.id)).toEqual(["certification"]);
      expect(await toldAbout(night, anna.id)).toHaveLength(2);
    });
  });

  test("a coordinator who lifts a pause on the day of its planned return", async ({ pool }) => {
    await onStage(pool, async ({ night, person, organization }) => {
      const carl = await transaction(person, () =>
        aMentor(person, organization, { status: "paused", expectedReturnOn: NIGHT }),
      );
      const run = await startNight(night, organization.id, NIGHT);

      await transaction(person, () => call(person, "resume_mentor", { mentor_id: carl.id }), {
        on: NIGHT,
      });
      await applyBatch(night, run);
      await finishNight(night, run);

      expect(await pausesOf(night, carl.id)).toMatchObject([{ end_cause: "resumed" }]);
      expect(await toldAbout(night, carl.id)).toHaveLength(3);
    });
  });

  test("a mentor who retires is left alone", async ({ pool }) => {
    await onStage(pool, async ({ night, person, organization, anna }) => {
      const run = await startNight(night, organization.id, NIGHT);

      await transaction(
        person,
        () => call(person, "retire_mentor", { mentor_id: anna.id, reason: "Moved away" }),
        { on: NIGHT },
      );
      await applyBatch(night, run);

      expect(await finishNight(night, run)).toMatchObject({ paused_count: 1, mentor_count: 1 });
      expect((await mentorNow(night, anna.id)).status).toBe("retired");
    });
  });
});

describe("S1: a mentor whom a person is just changing", () => {
  test.for([
    { ending: "commit", anna: "active", outcome: "superseded" },
    { ending: "rollback", anna: "paused", outcome: "applied" },
  ])(
    "is passed over, and after $ending the plan is $outcome",
    async ({ ending, anna, outcome }, { pool }) => {
      await onStage(pool, async (stage) => {
        const { night, person, organization } = stage;
        const run = await startNight(night, organization.id, NIGHT);
        await person.query("begin");
        await setClock(person, NIGHT);
        await renew(person, organization, stage.anna);

        expect((await applyBatch(night, run)).mentor_count).toBe(2);
        expect(await statuses(stage)).toEqual(["active", "paused"]);
        expect(brief(await actionsOf(night, run.id, "planned"))).toEqual([
          "hide anna not_to_be_listed",
          "pause anna certification_expired",
        ]);
        await person.query(ending);
        expect(await applyLocked(night, run)).toBe(true);
        expect(await applyLocked(night, run)).toBe(false);

        expect((await finishNight(night, run)).state).toBe("succeeded");
        expect(await statuses(stage)).toEqual([anna, "paused"]);
        expect(brief(await actionsOf(night, run.id, outcome))).toContain(
          "pause anna certification_expired",
        );
      });
    },
  );

  test.for([
    { name: "as commands lock", lock: "app_public.mentors where id = $1 for no key update" },
    { name: "by hand, for update", lock: "app_public.mentors where id = $1 for update" },
    { name: "certification", lock: "app_public.certifications where mentor_id = $1 for update" },
  ])(
    "$name: who stays locked fails alone, and the next start repairs it",
    async ({ lock }, { pool }) => {
      await onStage(pool, async (stage) => {
        const { night, person, organization, anna } = stage;
        const run = await startNight(night, organization.id, NIGHT);
        await person.query("begin");
        await person.query(`select from ${lock}`, [anna.id]);

        await applyBatch(night, run);
        await applyLocked(night, run);
        const finished = await finishNight(night, run);

        expect(finished).toMatchObject({
          state: "succeeded_with_failures",
          failed_count: 1,
          paused_count: 1,
        });
        const { rows } = await night.query(
          `select distinct left(a.outcome_detail, 5) as code
         from app_public.nightly_run_actions as a
         where a.run_id = $1 and a.outcome = 'failed'`,
          [run.id],
        );
        expect(rows).toEqual([{ code: "55P03" }]);
        expect(await statuses(stage)).toEqual(["active", "paused"]);
        await person.query("rollback");

        const repaired = await runNight(night, organization.id, NIGHT);

        expect(repaired).toMatchObject({
          state: "succeeded",
          attempt: 2,
          paused_count: 2,
          failed_count: 0,
        });
        expect(await violationsOf(night, organization.id, NIGHT)).toEqual([]);
      });
    },
  );
});

describe("C2: two at once", () => {
  test("one works, the other is refused with MNRUN and leaves no trace", async ({ pool }) => {
    await onStage(pool, async ({ night, person, organization }) => {
      await night.query("begin");
      const run = await runNight(night, organization.id, NIGHT);

      await expect(runNight(person, organization.id, NIGHT)).rejects.toMatchObject({
        code: "MNRUN",
      });
      await night.query("commit");

      expect(await ledger(person, organization.id)).toMatchObject([{ id: run.id, attempt: 1 }]);
    });
  });

  test("organisations do not wait for each other", async ({ pool }) => {
    await onStage(pool, async ({ night, person, organization }) => {
      const other = await transaction(person, () => anOrganization(person));
      await night.query("begin");
      await runNight(night, organization.id, NIGHT);

      expect((await runNight(person, other.id, NIGHT)).state).toBe("succeeded");
      await night.query("rollback");
    });
  });

  test("an attempt that was taken over writes nothing more", async ({ pool }) => {
    await onStage(pool, async (stage) => {
      const { night, person, organization } = stage;
      const asleep = await startNight(night, organization.id, NIGHT);
      const awake = await startNight(person, organization.id, NIGHT);
      expect(awake).toMatchObject({ id: asleep.id, attempt: 2 });

      for (const write of [applyBatch, applyLocked, finishNight]) {
        await expect(write(night, asleep), write.name).rejects.toMatchObject({ code: "MNRUN" });
      }
      await night.query("select app_private.fail_nightly_run($1, $2, 'Late')", [
        asleep.id,
        asleep.attempt,
      ]);

      expect(await statuses(stage)).toEqual(["active", "active"]);
      expect(await ledger(person, organization.id)).toMatchObject([{ state: "running" }]);
      await applyBatch(person, awake);
      expect(await finishNight(person, awake)).toMatchObject({
        state: "succeeded",
        paused_count: 2,
      });
    });
  });

  test("nobody takes over between the fence and the first write", async ({ pool }) => {
    await onStage(pool, async ({ night, person, organization }) => {
      const run = await startNight(night, organization.id, NIGHT);
      await night.query("begin");
      await night.query("select app_private.require_running($1, $2)", [run.id, run.attempt]);
      await person.query("set lock_timeout = '50ms'");

      await expect(startNight(person, organization.id, NIGHT)).rejects.toMatchObject({
        code: "55P03",
      });
      await night.query("rollback");
    });
  });

  test("nobody takes over in the middle of a batch", async ({ pool }) => {
    await onStage(pool, async ({ night, person, organization }) => {
      const run = await startNight(night, organization.id, NIGHT);
      await night.query("begin");
      await applyBatch(night, run);
      await person.query("set lock_timeout = '50ms'");

      await expect(startNight(person, organization.id, NIGHT)).rejects.toMatchObject({
        code: "55P03",
      });
      await night.query("commit");
      expect((await startNight(person, organization.id, NIGHT)).attempt).toBe(2);
    });
  });
});
