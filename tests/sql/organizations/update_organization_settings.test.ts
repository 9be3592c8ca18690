import { describe, expect } from "vitest";
import {
  actAs,
  anOrganization,
  anOrganizationAdministrator,
  aPerson,
} from "../../support/builders.ts";
import type { Database } from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { call, refusal } from "../../support/outcomes.ts";

/** Calls the command and returns what the organisation's row says of these columns afterwards. */
async function change(
  tx: Database,
  organization: { id: string },
  settings: Record<string, unknown>,
  columns: string,
) {
  await call(tx, "update_organization_settings", {
    organization_id: organization.id,
    ...settings,
  });
  const { rows } = await tx.query(
    `select ${columns} from app_public.organization_settings where organization_id = $1`,
    [organization.id],
  );
  return rows[0];
}

const FOLLOW_UP = "follow_up_after_days, follow_up_steps, daily_mail_cap";
const QUIET = "quiet_from, quiet_until";

describe("F1: follow-up, quiet hours and the daily cap are configuration", () => {
  test("what is given is changed, what is not stays", async ({ tx }) => {
    const organization = await anOrganization(tx);

    expect(await change(tx, organization, { grace_days: 3 }, FOLLOW_UP)).toEqual({
      follow_up_after_days: 45,
      follow_up_steps: [0, 15],
      daily_mail_cap: 20,
    });
    expect(await change(tx, organization, { follow_up_after_days: 30 }, FOLLOW_UP)).toEqual({
      follow_up_after_days: 30,
      follow_up_steps: [0, 15],
      daily_mail_cap: 20,
    });
    expect(
      await change(tx, organization, { follow_up_steps: [0, 7, 21], daily_mail_cap: 5 }, FOLLOW_UP),
    ).toEqual({ follow_up_after_days: 30, follow_up_steps: [0, 7, 21], daily_mail_cap: 5 });
    expect(await change(tx, organization, { follow_up_steps: [] }, FOLLOW_UP)).toEqual({
      follow_up_after_days: 30,
      follow_up_steps: [],
      daily_mail_cap: 5,
    });
  });

  test("quiet hours are set, moved, kept and taken away", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const quiet = (settings: Record<string, unknown>) => change(tx, organization, settings, QUIET);

    expect(await quiet({ quiet_from: "21:00", quiet_until: "07:00" })).toEqual({
      quiet_from: "21:00:00",
      quiet_until: "07:00:00",
    });
    expect(await quiet({ quiet_until: "08:00" })).toEqual({
      quiet_from: "21:00:00",
      quiet_until: "08:00:00",
    });
    expect(await quiet({ grace_days: 1, clear_quiet_hours: null })).toEqual({
      quiet_from: "21:00:00",
      quiet_until: "08:00:00",
    });
    expect(await quiet({ clear_quiet_hours: true })).toEqual({
      quiet_from: null,
      quiet_until: null,
    });
    expect(
      await quiet({ clear_quiet_hours: true, quiet_from: "22:00", quiet_until: "06:00" }),
    ).toEqual({ quiet_from: "22:00:00", quiet_until: "06:00:00" });
  });

  test.for([
    { settings: { follow_up_after_days: 0 }, by: "organization_settings_follow_up_is_plausible" },
    {
      settings: { follow_up_after_days: 3651 },
      by: "organization_settings_follow_up_is_plausible",
    },
    { settings: { follow_up_steps: [15, 0] }, by: "organization_settings_follow_up_steps_ascend" },
    { settings: { follow_up_steps: [0, 0] }, by: "organization_settings_follow_up_steps_ascend" },
    { settings: { follow_up_steps: [-1] }, by: "organization_settings_follow_up_steps_ascend" },
    {
      settings: { follow_up_steps: [0, 1, 2, 3, 4, 5] },
      by: "organization_settings_follow_up_steps_ascend",
    },
    { settings: { quiet_from: "21:00" }, by: "organization_settings_quiet_hours_are_whole" },
    {
      settings: { quiet_from: "21:00", quiet_until: "21:00" },
      by: "organization_settings_quiet_hours_are_whole",
    },
    {
      settings: { clear_quiet_hours: true, quiet_until: "07:00" },
      by: "organization_settings_quiet_hours_are_whole",
    },
    { settings: { daily_mail_cap: 0 }, by: "organization_settings_mail_cap_is_plausible" },
    { settings: { daily_mail_cap: 1001 }, by: "organization_settings_mail_cap_is_plausible" },
  ])("$settings is refused by $by", async ({ settings, by }, { tx }) => {
    const organization = await anOrganization(tx);

    expect(await refusal(tx, () => change(tx, organization, settings, QUIET))).toMatchObject({
      code: "23514",
      constraint: by,
    });
  });

  test("S1: the same request is answered and not done again; with other hours it is refused", async ({
    tx,
  }) => {
    const organization = await anOrganization(tx);
    const request = {
      quiet_from: "21:00",
      quiet_until: "07:00",
      request_id: "5b0c5c1e-0000-4000-8000-000000000007",
    };
    await change(tx, organization, request, QUIET);
    await change(tx, organization, { clear_quiet_hours: true }, QUIET);

    expect(await change(tx, organization, request, QUIET)).toEqual({
      quiet_from: null,
      quiet_until: null,
    });
    for (const other of [{ quiet_until: "08:00" }, { clear_quiet_hours: true }]) {
      expect(
        await refusal(tx, () => change(tx, organization, { ...request, ...other }, QUIET)),
      ).toMatchObject({ code: "MNREQ" });
    }
  });

  test("administrators of the organisation may, others may not: MNDEN", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const administrator = await anOrganizationAdministrator(tx, organization);
    const stranger = await aPerson(tx, organization);

    await actAs(tx, stranger);
    expect(
      await refusal(tx, () => change(tx, organization, { daily_mail_cap: 1 }, FOLLOW_UP)),
    ).toMatchObject({ code: "MNDEN" });
    await actAs(tx, administrator);
    expect(await change(tx, organization, { daily_mail_cap: 1 }, FOLLOW_UP)).toMatchObject({
      daily_mail_cap: 1,
    });
  });

  test("there is one command of that name", async ({ tx }) => {
    const { rows } = await tx.query(
      "select from pg_proc as p where p.proname = 'update_organization_settings'",
    );

    expect(rows).toHaveLength(1);
  });
});
