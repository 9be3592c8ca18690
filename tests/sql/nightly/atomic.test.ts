import type { PoolClient } from "pg";
import { describe, expect } from "vitest";
import { aCertificationType, aMentor, anOrganization } from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { aftermath } from "../../support/nightly/aftermath.ts";
import { planOf } from "../../support/nightly/plan.ts";
import { runNight } from "../../support/nightly/runs.ts";
import {
  journalOf,
  mentorNow,
  openPausesOf,
  pausesOf,
  toldAbout,
  violationsOf,
} from "../../support/outcomes.ts";

const NIGHT = "2026-07-01";

/** Lets every insert into the table fail, or only those about one mentor; until the test ends. */
async function plantFailure(tx: PoolClient, table: string, mentorId?: string): Promise<void> {
  await tx.query(`
    create function pg_temp.fail() returns trigger language plpgsql as $$
    begin
      raise exception 'Planted' using errcode = 'XX001';
    end;
    $$;
    create trigger planted before insert on app_public.${table}
      for each row
      ${mentorId === undefined ? "" : `when (NEW.mentor_id = '${mentorId}')`}
      execute function pg_temp.fail()`);
}

async function failures(tx: PoolClient, runId: string): Promise<string[]> {
  const { rows } = await tx.query<{ failure: string }>(
    `select m.mentor_key || ' ' || a.action || ' ' || left(a.outcome_detail, 5) as failure
     from app_public.nightly_run_actions as a
     join app_public.mentors as m on m.id = a.mentor_id
     where a.run_id = $1
       and a.outcome = 'failed'
     order by 1`,
    [runId],
  );
  return rows.map(({ failure }) => failure);
}

describe("C1, P1: all of it or nothing", () => {
  test.for([
    { table: "notifications" },
    { table: "portal_events" },
    { table: "portal_listings" },
    { table: "mentor_journal" },
  ])("a failure in $table undoes the pause", async ({ table }, { tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { mentorKey: "anna", expiresOn: "2026-06-30" });
    const before = await aftermath(tx, organization.id);
    await plantFailure(tx, table);

    const run = await runNight(tx, organization.id, NIGHT);

    expect(run).toMatchObject({
      state: "succeeded_with_failures",
      failed_count: 1,
      paused_count: 0,
      unchanged_count: 0,
    });
    expect(await failures(tx, run.id)).toEqual(["anna hide XX001", "anna pause XX001"]);
    expect(await aftermath(tx, organization.id)).toEqual(before);
    expect(await pausesOf(tx, mentor.id)).toEqual([]);
  });

  test("a failure in notifications undoes the reminder, which stays due", async ({ tx }) => {
    const organization = await anOrganization(tx);
    await aMentor(tx, organization, { expiresOn: "2026-07-05" });
    await plantFailure(tx, "notifications");

    await runNight(tx, organization.id, NIGHT);
    expect((await aftermath(tx, organization.id))["reminders"]).toEqual([]);
    await tx.query("drop trigger planted on app_public.notifications");
    const repaired = await runNight(tx, organization.id, NIGHT);

    expect(repaired).toMatchObject({ state: "succeeded", reminded_count: 1, failed_count: 0 });
  });
});

describe("C2: one bad mentor does not stop the night", () => {
  test.for([1, 2, 3, 7, 16])("of %i others all are done", async (others, { tx }) => {
    const organization = await anOrganization(tx);
    const bad = await aMentor(tx, organization, { mentorKey: "bad", expiresOn: "2026-06-30" });
    for (let n = 1; n <= others; n += 1) {
      await aMentor(tx, organization, { mentorKey: `good-${n}`, expiresOn: "2026-06-30" });
    }
    await plantFailure(tx, "notifications", bad.id);

    const run = await runNight(tx, organization.id, NIGHT);

    expect(run).toMatchObject({
      state: "succeeded_with_failures",
      failed_count: 1,
      paused_count: others,
      unchanged_count: 0,
    });
    expect(await failures(tx, run.id)).toEqual(["bad hide XX001", "bad pause XX001"]);
    expect((await mentorNow(tx, bad.id)).status).toBe("active");
    expect(await planOf(tx, organization.id, NIGHT)).toHaveLength(2);
  });

  test("nor does one whose fault would only show at commit", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const bad = await aMentor(tx, organization, { mentorKey: "bad", expiresOn: "2026-06-30" });
    await aMentor(tx, organization, { mentorKey: "good", expiresOn: "2026-06-30" });
    await tx.query(`
      create function pg_temp.count_twice() returns trigger language plpgsql as $$
      begin
        update app_public.mentors as m set version = m.version + 1 where m.id = NEW.mentor_id;
        return null;
      end;
      $$;
      create trigger planted after insert on app_public.notifications
        for each row when (NEW.mentor_id = '${bad.id}') execute function pg_temp.count_twice()`);

    const run = await runNight(tx, organization.id, NIGHT);

    expect(run).toMatchObject({ failed_count: 1, paused_count: 1 });
    expect(await failures(tx, run.id)).toEqual(["bad hide 23503", "bad pause 23503"]);
  });

  test("the mentor is put before the coordinators, until the repair", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const bad = await aMentor(tx, organization, { expiresOn: "2026-06-30" });
    await plantFailure(tx, "notifications", bad.id);
    const open = async () => {
      const { rows } = await tx.query<{ invariant: string }>(
        `select d.invariant from app_public.discrepancies as d
         where d.mentor_id = $1 and d.closed_at is null
         order by 1`,
        [bad.id],
      );
      return rows.map(({ invariant }) => invariant);
    };

    await runNight(tx, organization.id, NIGHT);
    expect(await open()).toEqual([
      "active_mentors_are_certified",
      "only_active_mentors_are_listed",
    ]);
    await tx.query("drop trigger planted on app_public.notifications");
    await runNight(tx, organization.id, NIGHT);

    expect(await open()).toEqual([]);
    expect(await violationsOf(tx, organization.id, NIGHT)).toEqual([]);
  });
});

describe("S5, S6: both kinds of pause in one night", () => {
  test("a planned return with a lapsed certification: paused, in that order, and told so", async ({
    tx,
  }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, {
      status: "paused",
      expectedReturnOn: NIGHT,
      expiresOn: "2026-06-30",
    });

    const run = await runNight(tx, organization.id, NIGHT);

    expect(run).toMatchObject({ state: "succeeded", paused_count: 1, resumed_count: 1 });
    expect(await openPausesOf(tx, mentor.id)).toEqual(["certification"]);
    expect((await journalOf(tx, mentor.id)).slice(-2)).toMatchObject([
      { event: "paused", from_status: "paused", to_status: "paused", cause: "certification" },
      { event: "resumed", from_status: "paused", to_status: "paused", cause: "planned_return" },
    ]);
    expect(await toldAbout(tx, mentor.id)).toEqual([
      "mentor_paused to coordinators",
      "mentor_paused to mentor",
      "mentor_paused to mentor",
      "mentor_still_paused to coordinators",
      "mentor_still_paused to mentor",
    ]);
  });

  test("somebody whom a person paused lapses too, without being told of a second absence twice", async ({
    tx,
  }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { status: "paused", expiresOn: "2026-06-30" });

    const first = await runNight(tx, organization.id, NIGHT);
    const second = await runNight(tx, organization.id, "2026-07-02");

    expect([first.paused_count, second.paused_count]).toEqual([1, 0]);
    expect(await openPausesOf(tx, mentor.id)).toEqual(["coordinator", "certification"]);
  });

  test("a type that becomes required pauses whoever lacks it, by night and not at once", async ({
    tx,
  }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { mentorKey: "anna", expiresOn: "2027-06-30" });

    await aCertificationType(tx, organization, { name: "New rule" });
    const statusByDay = (await mentorNow(tx, mentor.id)).status;
    const plan = await planOf(tx, organization.id, NIGHT);
    await runNight(tx, organization.id, NIGHT);

    expect(statusByDay).toBe("active");
    expect(plan.map(({ reason_code }) => reason_code)).toEqual([
      "not_to_be_listed",
      "certification_missing",
    ]);
    expect(await openPausesOf(tx, mentor.id)).toEqual(["certification"]);
  });
});
