import { describe, expect } from "vitest";
import {
  aCertificationType,
  aCertification,
  aMentor,
  anOrganization,
} from "../../support/builders.ts";
import { setClock } from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { brief, planOf } from "../../support/nightly/plan.ts";
import { runNight } from "../../support/nightly/runs.ts";
import {
  listingOf,
  mentorNow,
  openPausesOf,
  portalEventsOf,
  toldAbout,
} from "../../support/outcomes.ts";

const PAUSED = ["hide anna not_to_be_listed", "pause anna certification_expired"];

/** Last valid day, grace, day of the run, and whether the mentor is paused on it. */
const EXPIRY = [
  { name: "the day before expiry", expiresOn: "2026-06-30", on: "2026-06-29", pauses: false },
  { name: "the last valid day", expiresOn: "2026-06-30", on: "2026-06-30", pauses: false },
  { name: "the day after expiry", expiresOn: "2026-06-30", on: "2026-07-01", pauses: true },
  {
    name: "the last grace day",
    grace: 14,
    expiresOn: "2026-06-30",
    on: "2026-07-14",
    pauses: false,
  },
  {
    name: "the day after grace",
    grace: 14,
    expiresOn: "2026-06-30",
    on: "2026-07-15",
    pauses: true,
  },
  {
    name: "the only grace day",
    grace: 1,
    expiresOn: "2026-06-30",
    on: "2026-07-01",
    pauses: false,
  },
  { name: "New Year's Eve", expiresOn: "2026-12-31", on: "2026-12-31", pauses: false },
  { name: "New Year's Day", expiresOn: "2026-12-31", on: "2027-01-01", pauses: true },
  {
    name: "grace over New Year",
    grace: 14,
    expiresOn: "2026-12-20",
    on: "2027-01-03",
    pauses: false,
  },
  {
    name: "grace ended in January",
    grace: 14,
    expiresOn: "2026-12-20",
    on: "2027-01-04",
    pauses: true,
  },
  { name: "a leap day, valid", expiresOn: "2028-02-29", on: "2028-02-29", pauses: false },
  { name: "after a leap day", expiresOn: "2028-02-29", on: "2028-03-01", pauses: true },
  { name: "a leap day, lapsed", expiresOn: "2028-02-28", on: "2028-02-29", pauses: true },
  {
    name: "a leap day of grace",
    grace: 1,
    expiresOn: "2028-02-28",
    on: "2028-02-29",
    pauses: false,
  },
  { name: "29 March, lapsed", expiresOn: "2026-03-28", on: "2026-03-29", pauses: true },
  { name: "29 March, valid", expiresOn: "2026-03-29", on: "2026-03-29", pauses: false },
  { name: "25 October, lapsed", expiresOn: "2026-10-24", on: "2026-10-25", pauses: true },
  { name: "25 October, valid", expiresOn: "2026-10-25", on: "2026-10-25", pauses: false },
];

describe("C1: expiry", () => {
  test.for(EXPIRY)(
    "$name: pauses $pauses",
    async ({ grace = 0, expiresOn, on, pauses }, { tx }) => {
      const organization = await anOrganization(tx, { settings: { grace_days: grace } });
      await aMentor(tx, organization, { mentorKey: "anna", expiresOn });

      const plan = await planOf(tx, organization.id, on);

      const moves = plan.filter(({ action }) => action !== "remind");
      expect(brief(moves)).toEqual(pauses ? PAUSED : []);
    },
  );

  test("pauses, hides, and tells mentor and coordinators in one run", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: "2026-06-30" });

    const run = await runNight(tx, organization.id, "2026-07-01");

    expect(run).toMatchObject({ state: "succeeded", paused_count: 1, hidden_count: 1 });
    expect((await mentorNow(tx, mentor.id)).status).toBe("paused");
    expect(await openPausesOf(tx, mentor.id)).toEqual(["certification"]);
    expect(await toldAbout(tx, mentor.id)).toEqual([
      "mentor_paused to coordinators",
      "mentor_paused to mentor",
    ]);
    expect(await listingOf(tx, mentor.id)).toMatchObject({ desired_visible: false });
    expect((await portalEventsOf(tx, mentor.id)).map(({ kind }) => kind)).toEqual([
      "listing.hidden",
      "listing.shown",
      "listing.hidden",
    ]);
  });

  test("the type's own grace days win over the organisation's, both ways", async ({ tx }) => {
    const strict = await anOrganization(tx, { settings: { grace_days: 14 }, graceDays: 0 });
    const patient = await anOrganization(tx, { settings: { grace_days: 0 }, graceDays: 14 });
    await aMentor(tx, strict, { mentorKey: "anna", expiresOn: "2026-06-30" });
    await aMentor(tx, patient, { mentorKey: "anna", expiresOn: "2026-06-30" });

    const moves = async (id: string, on: string) =>
      brief((await planOf(tx, id, on)).filter(({ action }) => action !== "remind"));

    expect(await moves(strict.id, "2026-07-01")).toEqual(PAUSED);
    expect(await moves(patient.id, "2026-07-14")).toEqual([]);
    expect(await moves(patient.id, "2026-07-15")).toEqual(PAUSED);
  });

  test("S6: of two required types the first to lapse pauses, and is named", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const second = await aCertificationType(tx, organization, { name: "First aid" });
    const mentor = await aMentor(tx, organization, { mentorKey: "anna", expiresOn: "2026-09-30" });
    await aCertification(tx, mentor, second, { validFrom: "2026-01-01", expiresOn: "2026-06-30" });
    await runNight(tx, organization.id, "2026-06-30");
    expect((await mentorNow(tx, mentor.id)).status).toBe("active");

    const plan = await planOf(tx, organization.id, "2026-07-01");

    expect(brief(plan)).toEqual(PAUSED);
    expect(plan.find(({ action }) => action === "pause")).toMatchObject({
      certification_type: "First aid",
      expires_on: "2026-06-30",
    });
  });

  test("a type that is only offered never pauses, but reminds", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const offered = await aCertificationType(tx, organization, {
      name: "Extra",
      isRequired: false,
    });
    const mentor = await aMentor(tx, organization, { mentorKey: "anna", expiresOn: "2027-03-15" });
    await aCertification(tx, mentor, offered, { validFrom: "2026-01-01", expiresOn: "2026-06-30" });

    expect(brief(await planOf(tx, organization.id, "2026-06-30"))).toEqual([
      "remind anna threshold_reached",
    ]);
    expect(await planOf(tx, organization.id, "2026-07-01")).toEqual([]);
  });
});

/** The last second of 30 June and the first of 1 July on each organisation's own calendar. */
const MIDNIGHTS = [
  { timeZone: "Europe/Oslo", last: "2026-06-30T21:59:59Z", first: "2026-06-30T22:00:00Z" },
  { timeZone: "Pacific/Kiritimati", last: "2026-06-30T09:59:59Z", first: "2026-06-30T10:00:00Z" },
  { timeZone: "Pacific/Pago_Pago", last: "2026-07-01T10:59:59Z", first: "2026-07-01T11:00:00Z" },
  { timeZone: "Asia/Kathmandu", last: "2026-06-30T18:14:59Z", first: "2026-06-30T18:15:00Z" },
];

describe("C1: midnight is the organisation's own", () => {
  test.for(MIDNIGHTS)("in $timeZone", async ({ timeZone, last, first }, { tx }) => {
    const organization = await anOrganization(tx, { timeZone });
    const mentor = await aMentor(tx, organization, { mentorKey: "anna", expiresOn: "2026-06-30" });

    await setClock(tx, last);
    const evening = await runNight(tx, organization.id, null);
    const statusInTheEvening = (await mentorNow(tx, mentor.id)).status;
    await setClock(tx, first);
    const night = await runNight(tx, organization.id, null);

    expect([evening.run_on, statusInTheEvening]).toEqual(["2026-06-30", "active"]);
    expect([night.run_on, night.paused_count]).toEqual(["2026-07-01", 1]);
  });

  test("over New Year, in winter time", async ({ tx }) => {
    const organization = await anOrganization(tx);
    await aMentor(tx, organization, { mentorKey: "anna", expiresOn: "2026-12-31" });

    await setClock(tx, "2026-12-31T22:59:59Z");
    const before = await runNight(tx, organization.id, null);
    await setClock(tx, "2026-12-31T23:00:00Z");
    const after = await runNight(tx, organization.id, null);

    expect([before.run_on, before.paused_count]).toEqual(["2026-12-31", 0]);
    expect([after.run_on, after.paused_count]).toEqual(["2027-01-01", 1]);
  });
});

describe("returns", () => {
  test.for([
    { on: "2026-04-30", resumes: false },
    { on: "2026-05-01", resumes: true },
    { on: "2026-05-02", resumes: true },
  ])("S5: a planned return on 1 May, on $on: resumes $resumes", async ({ on, resumes }, { tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, {
      status: "paused",
      expectedReturnOn: "2026-05-01",
    });

    const run = await runNight(tx, organization.id, on);

    expect(run.resumed_count).toBe(resumes ? 1 : 0);
    expect((await mentorNow(tx, mentor.id)).status).toBe(resumes ? "active" : "paused");
    expect((await listingOf(tx, mentor.id))?.desired_visible).toBe(resumes);
  });

  test("C4: a renewal that begins later lifts the pause on its first day, not before", async ({
    tx,
  }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: "2026-06-30" });
    await aCertification(tx, mentor, organization.typeId, {
      validFrom: "2026-07-10",
      expiresOn: "2027-07-09",
    });

    const statuses: string[] = [];
    for (const on of ["2026-06-30", "2026-07-01", "2026-07-09", "2026-07-10"]) {
      await runNight(tx, organization.id, on);
      statuses.push((await mentorNow(tx, mentor.id)).status);
    }

    expect(statuses).toEqual(["active", "paused", "paused", "active"]);
  });
});
