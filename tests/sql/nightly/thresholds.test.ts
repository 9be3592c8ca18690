import { describe, expect } from "vitest";
import type { PoolClient } from "pg";
import {
  aCertification,
  aMentor,
  addDays,
  anOrganization,
  setClock,
  setOrganizationSettings,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { planOf } from "../../support/nightly/plan.ts";
import { runNight } from "../../support/nightly/runs.ts";
import { call, refusal, toldAbout } from "../../support/outcomes.ts";

const EXPIRES_ON = "2026-06-30";

/** What the first night ever would send with so many days left, grace being 14 days. */
const FIRST_NIGHT = [
  { left: 31, sends: null, collapsed: null },
  { left: 30, sends: 30, collapsed: null },
  { left: 29, sends: 30, collapsed: null },
  { left: 15, sends: 30, collapsed: null },
  { left: 14, sends: 14, collapsed: [30] },
  { left: 13, sends: 14, collapsed: [30] },
  { left: 8, sends: 14, collapsed: [30] },
  { left: 7, sends: 7, collapsed: [30, 14] },
  { left: 6, sends: 7, collapsed: [30, 14] },
  { left: 0, sends: 7, collapsed: [30, 14] },
  { left: -1, sends: 7, collapsed: [30, 14] },
  { left: -14, sends: 7, collapsed: [30, 14] },
  { left: -15, sends: null, collapsed: null },
];

async function remindersOf(tx: PoolClient, organizationId: string, on: string) {
  const plan = await planOf(tx, organizationId, on);
  return plan.filter(({ action }) => action === "remind");
}

/** Runs every night and returns `days left: threshold` of what was sent. */
async function sentNightByNight(tx: PoolClient, organizationId: string, from: number, to: number) {
  const sent: string[] = [];
  for (let left = from; left >= to; left -= 1) {
    const on = addDays(EXPIRES_ON, -left);
    const due = await remindersOf(tx, organizationId, on);
    const run = await runNight(tx, organizationId, on);
    expect(run.reminded_count).toBe(due.length);
    sent.push(...due.map(({ threshold_days }) => `${left}: ${threshold_days}`));
  }
  return sent;
}

describe("C2, C5: the thresholds of 30, 14 and 7 days", () => {
  test.for(FIRST_NIGHT)(
    "with $left days left a first night sends $sends and collapses $collapsed",
    async ({ left, sends, collapsed }, { tx }) => {
      const organization = await anOrganization(tx, { settings: { grace_days: 14 } });
      await aMentor(tx, organization, { expiresOn: EXPIRES_ON });

      const due = await remindersOf(tx, organization.id, addDays(EXPIRES_ON, -left));

      expect(due).toMatchObject(
        sends === null ? [] : [{ threshold_days: sends, collapsed_threshold_days: collapsed }],
      );
      expect(due.length).toBe(sends === null ? 0 : 1);
    },
  );

  test("night by night each is sent once, on its day", async ({ tx }) => {
    const organization = await anOrganization(tx, { settings: { grace_days: 5 } });
    const mentor = await aMentor(tx, organization, { expiresOn: EXPIRES_ON });

    const sent = await sentNightByNight(tx, organization.id, 35, -5);

    expect(sent).toEqual(["30: 30", "14: 14", "7: 7"]);
    expect(await toldAbout(tx, mentor.id)).toEqual(
      Array.from({ length: 3 }, () => "certification_reminder to mentor"),
    );
  });

  test("across a leap day the days are counted, not the dates", async ({ tx }) => {
    const organization = await anOrganization(tx);
    await aMentor(tx, organization, { expiresOn: "2028-03-07" });

    expect(await remindersOf(tx, organization.id, "2028-02-28")).toMatchObject([
      { threshold_days: 14 },
    ]);
    expect(await remindersOf(tx, organization.id, "2028-02-29")).toMatchObject([
      { threshold_days: 7 },
    ]);
  });

  test("a reminder is refused a second time by its constraint", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: EXPIRES_ON });
    await runNight(tx, organization.id, "2026-06-20");
    const repeat = () =>
      tx.query(
        `insert into app_public.certification_reminders
           (mentor_id, certification_id, expires_on, threshold_days, disposition, decided_on)
         values ($1, $2, $3, 14, 'notified', '2026-06-21')`,
        [mentor.id, mentor.certificationId, EXPIRES_ON],
      );

    expect(await refusal(tx, repeat)).toMatchObject({
      code: "23505",
      constraint: "certification_reminders_once",
    });
  });
});

describe("C3: thresholds are configuration behind a flag", () => {
  const OWN = { reminder_threshold_days: [60, 20] };

  test("off: the standard ones hold, whatever else is configured", async ({ tx }) => {
    const organization = await anOrganization(tx, { settings: OWN, thresholdDays: [10] });
    await aMentor(tx, organization, { expiresOn: EXPIRES_ON });

    expect(await sentNightByNight(tx, organization.id, 62, 0)).toEqual([
      "30: 30",
      "14: 14",
      "7: 7",
    ]);
  });

  test("on: the organisation's own", async ({ tx }) => {
    const organization = await anOrganization(tx, {
      settings: { ...OWN, custom_thresholds_enabled: true },
    });
    await aMentor(tx, organization, { expiresOn: EXPIRES_ON });

    expect(await sentNightByNight(tx, organization.id, 62, 0)).toEqual(["60: 60", "20: 20"]);
  });

  test("on: the type's own win over the organisation's", async ({ tx }) => {
    const organization = await anOrganization(tx, {
      settings: { ...OWN, custom_thresholds_enabled: true },
      thresholdDays: [10, 0],
    });
    await aMentor(tx, organization, { expiresOn: EXPIRES_ON });

    expect(await sentNightByNight(tx, organization.id, 62, 0)).toEqual(["10: 10", "0: 0"]);
  });

  test("on: an empty list reminds of nothing, and the pause still comes", async ({ tx }) => {
    const organization = await anOrganization(tx, {
      settings: { reminder_threshold_days: [], custom_thresholds_enabled: true },
    });
    await aMentor(tx, organization, { expiresOn: EXPIRES_ON });

    expect(await sentNightByNight(tx, organization.id, 35, 0)).toEqual([]);
    expect(await runNight(tx, organization.id, "2026-07-01")).toMatchObject({ paused_count: 1 });
  });

  test("switching the flag in the middle repeats nothing that was covered", async ({ tx }) => {
    const organization = await anOrganization(tx, { settings: OWN });
    await aMentor(tx, organization, { expiresOn: EXPIRES_ON });
    await sentNightByNight(tx, organization.id, 30, 14);

    await setOrganizationSettings(tx, organization, { custom_thresholds_enabled: true });

    expect(await sentNightByNight(tx, organization.id, 13, 0)).toEqual([]);
  });
});

describe("C2: a new period arms the thresholds, a corrected one does not repeat them", () => {
  test("a renewal silences the period it continues and reminds of its own", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: EXPIRES_ON });
    await runNight(tx, organization.id, "2026-05-31");
    await setClock(tx, "2026-06-01");
    await call(tx, "grant_certification", {
      mentor_id: mentor.id,
      certification_type_id: organization.typeId,
      valid_from: "2026-06-15",
      expires_on: "2027-06-14",
    });

    expect(await remindersOf(tx, organization.id, "2026-06-23")).toEqual([]);
    expect(await remindersOf(tx, organization.id, "2027-05-15")).toMatchObject([
      { expires_on: "2027-06-14", threshold_days: 30 },
    ]);
  });

  test("a renewal that leaves a gap does not silence it", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: EXPIRES_ON });
    await aCertification(tx, mentor, organization.typeId, {
      validFrom: "2026-07-02",
      expiresOn: "2027-07-01",
    });

    expect(await remindersOf(tx, organization.id, "2026-06-23")).toMatchObject([
      { expires_on: EXPIRES_ON, threshold_days: 7 },
    ]);
  });

  test("a date corrected forwards and back again", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: EXPIRES_ON });
    const correct = (day: string) =>
      tx.query("update app_public.certifications set expires_on = $2 where id = $1", [
        mentor.certificationId,
        day,
      ]);
    await runNight(tx, organization.id, "2026-06-16");

    await correct("2026-07-05");
    const forwards = await runNight(tx, organization.id, "2026-06-17");
    await correct(EXPIRES_ON);
    const back = await runNight(tx, organization.id, "2026-06-18");

    expect([forwards.reminded_count, back.reminded_count]).toEqual([1, 0]);
  });
});
