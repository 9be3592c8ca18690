import { describe, expect } from "vitest";
import { aMentor, addDays, anOrganization, setClock } from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { aftermath } from "../../support/nightly/aftermath.ts";
import { actionsOf, brief, planOf } from "../../support/nightly/plan.ts";
import {
  applyBatch,
  finishNight,
  ledger,
  runNight,
  startNight,
} from "../../support/nightly/runs.ts";
import { call, refusal, toldAbout, violationsOf } from "../../support/outcomes.ts";

const NIGHT = "2026-07-01";

describe("C5: every date is accounted for", () => {
  test("five nights late, one run covers the four before it, each with a reason", async ({
    tx,
  }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: "2026-07-08" });
    await runNight(tx, organization.id, "2026-06-07");

    const run = await runNight(tx, organization.id, "2026-06-12");

    const rows = await ledger(tx, organization.id);
    expect(rows.map(({ run_on, state }) => `${run_on} ${state}`)).toEqual([
      "2026-06-07 succeeded",
      "2026-06-08 skipped",
      "2026-06-09 skipped",
      "2026-06-10 skipped",
      "2026-06-11 skipped",
      "2026-06-12 succeeded",
    ]);
    for (const row of rows.slice(1, -1)) {
      expect(row).toMatchObject({ covered_by_run_id: run.id, explanation: expect.any(String) });
    }
    expect(await toldAbout(tx, mentor.id)).toEqual(["certification_reminder to mentor"]);
    expect(await violationsOf(tx, organization.id, "2026-06-12")).toEqual([]);
  });

  test("forty days late: the most urgent threshold only, and the expired get only the pause", async ({
    tx,
  }) => {
    const organization = await anOrganization(tx);
    await runNight(tx, organization.id, "2026-06-01");
    const soon = await aMentor(tx, organization, { mentorKey: "soon", expiresOn: "2026-07-16" });
    const gone = await aMentor(tx, organization, { mentorKey: "gone", expiresOn: "2026-07-05" });

    const run = await runNight(tx, organization.id, "2026-07-11");

    expect(run).toMatchObject({ state: "succeeded", reminded_count: 1, paused_count: 1 });
    expect(await toldAbout(tx, soon.id)).toEqual(["certification_reminder to mentor"]);
    expect(await toldAbout(tx, gone.id)).toEqual([
      "mentor_paused to coordinators",
      "mentor_paused to mentor",
    ]);
    expect((await aftermath(tx, organization.id))["reminders"]).toEqual([
      expect.stringMatching(/\| 14 \| collapsed \| into 7 \| 2026-07-11$/),
      expect.stringMatching(/\| 30 \| collapsed \| into 7 \| 2026-07-11$/),
      expect.stringMatching(/\| 7 \| notified \| 2026-07-11$/),
    ]);
    const skipped = (await ledger(tx, organization.id)).filter(({ state }) => state === "skipped");
    expect(skipped).toHaveLength(39);
    expect(new Set(skipped.map((row) => row.covered_by_run_id))).toEqual(new Set([run.id]));
  });

  test("the first night ever leaves no debt behind it", async ({ tx }) => {
    const organization = await anOrganization(tx);

    await runNight(tx, organization.id, NIGHT);

    expect(await ledger(tx, organization.id)).toHaveLength(1);
    expect(await violationsOf(tx, organization.id, NIGHT)).toEqual([]);
  });

  test.for([{ on: "2026-06-30" }, { on: "2026-06-01" }])(
    "a run for $on, before the latest, is skipped and changes nothing",
    async ({ on }, { tx }) => {
      const organization = await anOrganization(tx);
      await aMentor(tx, organization, { expiresOn: "2026-06-15" });
      const latest = await runNight(tx, organization.id, NIGHT);
      const before = await aftermath(tx, organization.id);

      const run = await runNight(tx, organization.id, on);

      expect(run).toMatchObject({
        run_on: on,
        state: "skipped",
        attempt: 0,
        covered_by_run_id: latest.id,
      });
      expect(await aftermath(tx, organization.id)).toEqual(before);
      expect(await violationsOf(tx, organization.id, NIGHT)).toEqual([]);
    },
  );

  test("a skipped date stays skipped, and a past success stays as it was", async ({ tx }) => {
    const organization = await anOrganization(tx);
    await runNight(tx, organization.id, "2026-06-28");
    await runNight(tx, organization.id, NIGHT);
    const before = await ledger(tx, organization.id);

    await runNight(tx, organization.id, "2026-06-28");
    await runNight(tx, organization.id, "2026-06-29");

    expect(await ledger(tx, organization.id)).toEqual(before);
  });

  test("a date that nobody ran and nobody recorded is found by the invariants", async ({ tx }) => {
    const organization = await anOrganization(tx);
    for (const on of ["2026-06-28", "2026-06-30"]) {
      await tx.query(
        "insert into app_public.nightly_runs (organization_id, run_on) values ($1, $2)",
        [organization.id, on],
      );
    }

    expect(await violationsOf(tx, organization.id, "2026-06-30")).toEqual([
      { invariant: "past_dates_are_accounted_for", mentor_id: null },
    ]);
  });
});

describe("C2: attempts", () => {
  test("a run that failed is taken over, and its counts add up over the attempts", async ({
    tx,
  }) => {
    const organization = await anOrganization(tx);
    for (const key of ["a", "b", "c"]) {
      await aMentor(tx, organization, { mentorKey: key, expiresOn: "2026-06-30" });
    }
    await aMentor(tx, organization, { mentorKey: "d", expiresOn: "2027-06-30" });
    const first = await startNight(tx, organization.id, NIGHT);
    await applyBatch(tx, first, { size: 1 });
    await tx.query("select app_private.fail_nightly_run($1, $2, 'Broke off')", [
      first.id,
      first.attempt,
    ]);
    expect(await ledger(tx, organization.id)).toMatchObject([
      { state: "failed", explanation: "Broke off" },
    ]);

    const run = await runNight(tx, organization.id, NIGHT);

    expect(run).toMatchObject({
      id: first.id,
      state: "succeeded",
      attempt: 2,
      paused_count: 3,
      hidden_count: 3,
      failed_count: 0,
      mentor_count: 4,
      unchanged_count: 1,
    });
    expect(await actionsOf(tx, run.id, "applied")).toHaveLength(6);
    expect(await actionsOf(tx, run.id, "superseded"), "what the first had left").toHaveLength(4);
    expect(await actionsOf(tx, run.id, "planned")).toEqual([]);
  });

  test("an earlier date that died is covered by the next night", async ({ tx }) => {
    const organization = await anOrganization(tx);
    await aMentor(tx, organization, { mentorKey: "anna", expiresOn: "2026-06-30" });
    const dead = await startNight(tx, organization.id, NIGHT);

    const run = await runNight(tx, organization.id, "2026-07-02");

    expect(await ledger(tx, organization.id)).toMatchObject([
      { id: dead.id, state: "skipped", covered_by_run_id: run.id },
      { id: run.id, state: "succeeded", paused_count: 1 },
    ]);
    expect(await actionsOf(tx, dead.id, "planned")).toEqual([]);
    expect(await refusal(tx, () => applyBatch(tx, dead))).toMatchObject({ code: "MNRUN" });
    expect(await refusal(tx, () => finishNight(tx, dead))).toMatchObject({ code: "MNRUN" });
  });

  test("a second start of a run that succeeded does what has become due since", async ({ tx }) => {
    const organization = await anOrganization(tx);
    await runNight(tx, organization.id, NIGHT);
    await aMentor(tx, organization, { expiresOn: "2026-06-30" });

    expect(await runNight(tx, organization.id, NIGHT)).toMatchObject({
      state: "succeeded",
      attempt: 2,
      paused_count: 1,
    });
  });

  test("the same request id is answered, not run again", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const request = {
      organization_id: organization.id,
      run_on: NIGHT,
      request_id: "5b0c5c1e-0000-4000-8000-000000000001",
    };
    const first = await call(tx, "run_nightly", request);
    await aMentor(tx, organization, { expiresOn: "2026-06-30" });

    expect(await call(tx, "run_nightly", request)).toEqual(first);
    expect(
      await refusal(tx, () => call(tx, "run_nightly", { ...request, run_on: "2026-07-02" })),
    ).toMatchObject({ code: "MNREQ" });
  });

  test("runs of an unknown organisation or without a date are refused", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const stranger = "5b0c5c1e-0000-4000-8000-000000000002";

    expect(await refusal(tx, () => runNight(tx, stranger, NIGHT))).toMatchObject({ code: "MNNOT" });
    expect(await refusal(tx, () => planOf(tx, stranger, NIGHT))).toMatchObject({ code: "MNNOT" });
    expect(
      await refusal(tx, () =>
        tx.query("select app_private.start_nightly_run($1, null)", [organization.id]),
      ),
    ).toMatchObject({ code: "MNDAT" });
  });
});

describe("C10: the preview", () => {
  test("on request names every mentor, those left alone exactly once and with the reason", async ({
    tx,
  }) => {
    const organization = await anOrganization(tx);
    await aMentor(tx, organization, { mentorKey: "active", expiresOn: "2027-01-31" });
    await aMentor(tx, organization, { mentorKey: "away", status: "paused" });
    await aMentor(tx, organization, { mentorKey: "lapsing", expiresOn: "2026-06-30" });
    await aMentor(tx, organization, {
      mentorKey: "lapsed",
      status: "paused",
      pauseCause: "certification",
    });
    await aMentor(tx, organization, { mentorKey: "new", status: "pending" });
    await aMentor(tx, organization, { mentorKey: "old", status: "retired" });

    const plan = await planOf(tx, organization.id, NIGHT, true);

    expect(brief(plan)).toEqual([
      "none active active",
      "none away paused_by_person",
      "none lapsed paused_for_certification",
      "hide lapsing not_to_be_listed",
      "pause lapsing certification_expired",
      "none new pending",
      "none old retired",
    ]);
    for (const { reason } of plan) expect(reason).toMatch(/\.$/);
    expect(await planOf(tx, organization.id, NIGHT)).toEqual(
      plan.filter(({ action }) => action !== "none"),
    );
  });

  test("reads and never writes, and takes today where no date is given", async ({ tx }) => {
    const organization = await anOrganization(tx);
    await aMentor(tx, organization, { mentorKey: "anna", expiresOn: "2026-06-30" });
    await setClock(tx, NIGHT);
    const { rows } = await tx.query("select * from app_public.nightly_plan($1)", [organization.id]);
    await tx.query("set constraints all immediate");
    await tx.query("set transaction read only");

    const plan = await planOf(tx, organization.id, NIGHT);

    expect(plan).toHaveLength(2);
    expect(rows).toHaveLength(plan.length);
  });

  test("looks into any date, and a later one says what will have happened by then", async ({
    tx,
  }) => {
    const organization = await anOrganization(tx);
    await aMentor(tx, organization, { mentorKey: "anna", expiresOn: "2026-06-30" });

    expect(await planOf(tx, organization.id, "2026-05-01")).toEqual([]);
    expect(brief(await planOf(tx, organization.id, addDays(NIGHT, 365)))).toEqual([
      "hide anna not_to_be_listed",
      "pause anna certification_expired",
    ]);
  });
});
