import { describe, expect } from "vitest";
import {
  type Database,
  TODAY,
  aCertificationType,
  aMentor,
  addDays,
  anOrganization,
  setClock,
  setOrganizationSettings,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import {
  call,
  listingOf,
  mentorNow,
  openPausesOf,
  portalEventsOf,
  toldAbout,
  violationsOf,
} from "../../support/outcomes.ts";

const night = (tx: Database, organization: { id: string }, on: string) =>
  call(tx, "run_nightly", { organization_id: organization.id, run_on: on });

describe("C4 grace days", () => {
  const EXPIRY = addDays(TODAY, -1);

  test.for([
    { what: "of the organisation", settings: { grace_days: 3 }, graceDays: null, days: 3 },
    {
      what: "of the type before the organisation's",
      settings: { grace_days: 9 },
      graceDays: 3,
      days: 3,
    },
    { what: "of zero for a type", settings: { grace_days: 9 }, graceDays: 0, days: 0 },
  ])("$what count", async ({ settings, graceDays, days }, { tx }) => {
    const organization = await anOrganization(tx, { settings, graceDays });
    const mentor = await aMentor(tx, organization, { expiresOn: EXPIRY });
    const lastDay = addDays(EXPIRY, days);

    await setClock(tx, lastDay);
    await night(tx, organization, lastDay);
    expect((await mentorNow(tx, mentor.id)).status).toBe("active");
    expect(await listingOf(tx, mentor.id)).toEqual({
      desired_visible: true,
      desired_until: lastDay,
      desired_version: 2,
    });

    await setClock(tx, addDays(lastDay, 1));
    await night(tx, organization, addDays(lastDay, 1));
    expect((await mentorNow(tx, mentor.id)).status).toBe("paused");
    expect(await listingOf(tx, mentor.id)).toMatchObject({ desired_visible: false });
  });

  test("that are given later move the end of the listing", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: addDays(TODAY, 10) });

    await setOrganizationSettings(tx, organization, { grace_days: 5 });

    expect((await portalEventsOf(tx, mentor.id)).map(({ kind }) => kind)).toEqual([
      "listing.hidden",
      "listing.shown",
      "listing.until_changed",
    ]);
    expect(await listingOf(tx, mentor.id)).toMatchObject({ desired_until: addDays(TODAY, 15) });
    expect(await violationsOf(tx, organization.id, TODAY)).toEqual([]);
  });

  test("that are taken away hide nobody before the night", async ({ tx }) => {
    const organization = await anOrganization(tx, { settings: { grace_days: 5 } });
    const mentor = await aMentor(tx, organization, { expiresOn: EXPIRY });
    const before = await portalEventsOf(tx, mentor.id);

    await setOrganizationSettings(tx, organization, { grace_days: 0 });

    expect((await mentorNow(tx, mentor.id)).status).toBe("active");
    expect(await portalEventsOf(tx, mentor.id)).toEqual(before);
  });
});

describe("C11 a type that becomes required", () => {
  test("pauses, hides and tells nobody at once; the night does", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);
    const before = await mentorNow(tx, mentor.id);
    const eventsBefore = await portalEventsOf(tx, mentor.id);

    await aCertificationType(tx, organization, { name: "First aid" });

    expect(await mentorNow(tx, mentor.id)).toEqual({ ...before, coverage: "{}" });
    expect(await listingOf(tx, mentor.id)).toMatchObject({ desired_visible: true });
    expect(await portalEventsOf(tx, mentor.id)).toEqual(eventsBefore);
    expect(await toldAbout(tx, mentor.id)).toEqual([]);

    await night(tx, organization, TODAY);

    expect(await openPausesOf(tx, mentor.id)).toEqual(["certification"]);
    expect(await listingOf(tx, mentor.id)).toMatchObject({ desired_visible: false });
    expect(await toldAbout(tx, mentor.id)).toEqual([
      "mentor_paused to coordinators",
      "mentor_paused to mentor",
    ]);
    expect(await violationsOf(tx, organization.id, TODAY)).toEqual([]);
  });

  test("by an update of an optional one too, and the way back restores", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const optional = await aCertificationType(tx, organization, { isRequired: false });
    const mentor = await aMentor(tx, organization);
    const before = await mentorNow(tx, mentor.id);
    const require = (isRequired: boolean) =>
      tx.query("update app_public.certification_types set is_required = $2 where id = $1", [
        optional,
        isRequired,
      ]);

    await require(true);
    expect((await mentorNow(tx, mentor.id)).coverage).toBe("{}");
    await require(false);

    expect(await mentorNow(tx, mentor.id)).toEqual(before);
    expect(await violationsOf(tx, organization.id, TODAY)).toEqual([]);
  });

  test("touches no other organisation", async ({ tx }) => {
    const other = await aMentor(tx, await anOrganization(tx));
    const before = await mentorNow(tx, other.id);

    await aCertificationType(tx, await anOrganization(tx));

    expect(await mentorNow(tx, other.id)).toEqual(before);
  });
});
