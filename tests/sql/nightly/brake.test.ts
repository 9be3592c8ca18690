import type { PoolClient } from "pg";
import { describe, expect } from "vitest";
import {
  aMentor,
  aPerson,
  actAs,
  anOrganization,
  anOrganizationAdministrator,
  insert,
  setClock,
} from "../../support/builders.ts";
import type { Organization } from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { aftermath } from "../../support/nightly/aftermath.ts";
import { actionsOf, brief, planOf } from "../../support/nightly/plan.ts";
import { approve, ledger, runNight, startNight } from "../../support/nightly/runs.ts";
import { call, mentorNow, refusal, toldAbout } from "../../support/outcomes.ts";

const LAPSED_ON = "2026-06-30";
const NIGHT = "2026-07-01";

/** So many mentors who have lapsed that night, and others for whom there is nothing to do. */
async function aBacklog(
  tx: PoolClient,
  settings: Record<string, unknown>,
  { lapsed, others }: { lapsed: number; others: number },
): Promise<Organization> {
  const organization = await anOrganization(tx, { settings });
  for (let n = 1; n <= lapsed; n += 1) {
    await aMentor(tx, organization, { mentorKey: `lapsed-${n}`, expiresOn: LAPSED_ON });
  }
  for (let n = 1; n <= others; n += 1) {
    await aMentor(tx, organization, { mentorKey: `other-${n}`, expiresOn: "2027-06-30" });
  }
  return organization;
}

describe("C11: where the brake stands", () => {
  test.for([
    { name: "share reached", share: 0.4, minimum: 0, lapsed: 4, others: 6, state: "succeeded" },
    { name: "share passed", share: 0.4, minimum: 0, lapsed: 5, others: 5, state: "needs_approval" },
    { name: "minimum reached", share: 0, minimum: 3, lapsed: 3, others: 0, state: "succeeded" },
    { name: "minimum passed", share: 0, minimum: 3, lapsed: 4, others: 0, state: "needs_approval" },
    {
      name: "everybody, but few",
      share: 0.2,
      minimum: 5,
      lapsed: 5,
      others: 0,
      state: "succeeded",
    },
    { name: "nobody", share: 0, minimum: 0, lapsed: 0, others: 3, state: "succeeded" },
  ])("$name: $state", async ({ share, minimum, lapsed, others, state }, { tx }) => {
    const settings = { brake_share: share, brake_minimum: minimum };
    const organization = await aBacklog(tx, settings, { lapsed, others });

    const run = await runNight(tx, organization.id, NIGHT);

    expect(run.state).toBe(state);
  });

  test("a pause and its hiding are one mentor, and the retired count for nothing", async ({
    tx,
  }) => {
    const settings = { brake_share: 0.5, brake_minimum: 0 };
    const organization = await aBacklog(tx, settings, { lapsed: 2, others: 2 });
    const stopped = await aBacklog(tx, settings, { lapsed: 2, others: 1 });
    await aMentor(tx, stopped, { status: "retired" });

    expect((await runNight(tx, organization.id, NIGHT)).state).toBe("succeeded");
    expect((await runNight(tx, stopped.id, NIGHT)).state).toBe("needs_approval");
  });

  test("reminders count, returns do not", async ({ tx }) => {
    const settings = { brake_share: 0, brake_minimum: 0 };
    const reminded = await anOrganization(tx, { settings });
    await aMentor(tx, reminded, { expiresOn: "2026-07-05" });
    const returning = await anOrganization(tx, { settings });
    await aMentor(tx, returning, { status: "paused", expectedReturnOn: NIGHT });

    expect((await runNight(tx, reminded.id, NIGHT)).state).toBe("needs_approval");
    expect((await runNight(tx, returning.id, NIGHT)).state).toBe("succeeded");
  });
});

describe("C11: the first night with an imported backlog", () => {
  const settings = { brake_share: 0.2, brake_minimum: 2 };
  const size = { lapsed: 4, others: 4 };

  test("is stopped with its plan attached, and nothing has changed", async ({ tx }) => {
    const organization = await aBacklog(tx, settings, size);
    const plan = await planOf(tx, organization.id, NIGHT);
    const before = await aftermath(tx, organization.id);

    const run = await runNight(tx, organization.id, NIGHT);

    expect(run).toMatchObject({ state: "needs_approval", explanation: expect.any(String) });
    expect(await actionsOf(tx, run.id, "planned")).toEqual(plan);
    expect(await aftermath(tx, organization.id)).toEqual(before);
  });

  test("a second start plans again, and stops again", async ({ tx }) => {
    const organization = await aBacklog(tx, settings, size);
    await runNight(tx, organization.id, NIGHT);
    const before = await aftermath(tx, organization.id);

    const second = await runNight(tx, organization.id, NIGHT);

    expect(second).toMatchObject({ state: "needs_approval", attempt: 2 });
    expect(await actionsOf(tx, second.id, "planned")).toEqual(
      await planOf(tx, organization.id, NIGHT),
    );
    expect(await aftermath(tx, organization.id)).toEqual(before);
  });

  test("a second start goes on once what was wrong has been corrected", async ({ tx }) => {
    const organization = await anOrganization(tx, { settings });
    for (let index = 0; index < 4; index += 1) await aMentor(tx, organization);
    const type = await insert(tx, "app_public.certification_types", {
      organization_id: organization.id,
      name: "By mistake",
    });
    expect((await runNight(tx, organization.id, NIGHT)).state).toBe("needs_approval");

    await tx.query("update app_public.certification_types set is_required = false where id = $1", [
      type.id,
    ]);

    expect(await runNight(tx, organization.id, NIGHT)).toMatchObject({
      state: "succeeded",
      attempt: 2,
      paused_count: 0,
    });
  });

  test("an approval holds for the plan that was looked at, not for the date", async ({ tx }) => {
    const organization = await aBacklog(tx, settings, size);
    expect(await approve(tx, await runNight(tx, organization.id, NIGHT))).toMatchObject({
      state: "succeeded",
    });
    await insert(tx, "app_public.certification_types", {
      organization_id: organization.id,
      name: "Required since",
    });

    const again = await runNight(tx, organization.id, NIGHT);

    expect(again).toMatchObject({ state: "needs_approval", attempt: 2, approved_at: null });
  });

  test("nobody gets past it by writing the state", async ({ tx }) => {
    const organization = await aBacklog(tx, settings, size);
    const run = await runNight(tx, organization.id, NIGHT);
    const write = () =>
      tx.query("update app_public.nightly_runs set state = 'running' where id = $1", [run.id]);

    expect(await refusal(tx, write)).toMatchObject({ code: "MNBRK", table: "nightly_runs" });
  });

  test("approved, exactly the stored plan is applied, as far as it is still true", async ({
    tx,
  }) => {
    const organization = await aBacklog(tx, settings, { lapsed: 3, others: 3 });
    const renewed = await aMentor(tx, organization, { mentorKey: "renewed", expiresOn: LAPSED_ON });
    const run = await runNight(tx, organization.id, NIGHT);
    await setClock(tx, NIGHT);
    await call(tx, "grant_certification", {
      mentor_id: renewed.id,
      certification_type_id: organization.typeId,
      valid_from: NIGHT,
      expires_on: "2027-06-30",
    });
    const late = await aMentor(tx, organization, { mentorKey: "late", expiresOn: LAPSED_ON });

    const approved = await approve(tx, run);

    expect(approved).toMatchObject({ state: "succeeded", attempt: 1, paused_count: 3 });
    expect(brief(await actionsOf(tx, run.id, "superseded"))).toEqual([
      "hide renewed not_to_be_listed",
      "pause renewed certification_expired",
    ]);
    expect((await mentorNow(tx, renewed.id)).status).toBe("active");
    expect((await mentorNow(tx, late.id)).status, "entered after the plan").toBe("active");
  });

  test("a night later it is skipped, and the next run, which stops too, covers it", async ({
    tx,
  }) => {
    const organization = await aBacklog(tx, settings, size);
    const first = await runNight(tx, organization.id, NIGHT);

    const second = await runNight(tx, organization.id, "2026-07-02");

    expect(await ledger(tx, organization.id)).toMatchObject([
      { state: "skipped", covered_by_run_id: second.id, explanation: expect.any(String) },
      { state: "needs_approval", id: second.id },
    ]);
    expect(await refusal(tx, () => approve(tx, first))).toMatchObject({ code: "MNAPR" });
    expect(await actionsOf(tx, first.id, "planned"), "nothing is left as if to be done").toEqual(
      [],
    );
    expect(await approve(tx, second)).toMatchObject({ state: "succeeded", paused_count: 4 });
  });

  test("a process that died after the approval may be followed without a second one", async ({
    tx,
  }) => {
    const organization = await aBacklog(tx, settings, size);
    const run = await runNight(tx, organization.id, NIGHT);
    await tx.query(
      `update app_public.nightly_runs
       set state = 'running', approved_at = app_private.clock(), approved_by = 'test'
       where id = $1`,
      [run.id],
    );

    expect(await runNight(tx, organization.id, NIGHT)).toMatchObject({
      state: "succeeded",
      attempt: 2,
      paused_count: 4,
    });
  });
});

describe("C11: approving", () => {
  test("is refused twice, to strangers and for runs that are not there", async ({ tx }) => {
    const organization = await aBacklog(
      tx,
      { brake_share: 0, brake_minimum: 0 },
      { lapsed: 1, others: 0 },
    );
    const run = await runNight(tx, organization.id, NIGHT);
    const stranger = await aPerson(tx, organization);
    const administrator = await anOrganizationAdministrator(tx, organization);

    await actAs(tx, stranger);
    expect(await refusal(tx, () => approve(tx, run))).toMatchObject({ code: "MNDEN" });
    expect(await refusal(tx, () => runNight(tx, organization.id, NIGHT))).toMatchObject({
      code: "MNDEN",
    });
    expect(await refusal(tx, () => planOf(tx, organization.id, NIGHT))).toMatchObject({
      code: "MNDEN",
    });
    await actAs(tx, administrator);
    expect(await refusal(tx, () => approve(tx, { ...run, id: organization.id }))).toMatchObject({
      code: "MNNOT",
    });
    expect((await approve(tx, run)).state).toBe("succeeded");
    expect(await refusal(tx, () => approve(tx, run))).toMatchObject({ code: "MNAPR" });
  });
});

describe("C11: a backlog that was seeded silently", () => {
  test("sends nothing until the next threshold is reached", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: "2026-07-11" });
    await tx.query(
      `insert into app_public.certification_reminders
         (mentor_id, certification_id, expires_on, threshold_days, disposition, decided_on)
       select $1, $2, '2026-07-11', t.days, 'seeded', $3
       from (values (30), (14)) as t (days)`,
      [mentor.id, mentor.certificationId, NIGHT],
    );

    expect(await runNight(tx, organization.id, NIGHT)).toMatchObject({ reminded_count: 0 });
    expect(await toldAbout(tx, mentor.id)).toEqual([]);
    expect(await runNight(tx, organization.id, "2026-07-04")).toMatchObject({ reminded_count: 1 });
  });

  test("an attempt that takes over is braked by what it plans itself", async ({ tx }) => {
    const organization = await aBacklog(
      tx,
      { brake_share: 0, brake_minimum: 2 },
      { lapsed: 2, others: 0 },
    );
    await startNight(tx, organization.id, NIGHT);
    await aMentor(tx, organization, { expiresOn: LAPSED_ON });

    expect((await startNight(tx, organization.id, NIGHT)).state).toBe("needs_approval");
  });
});
