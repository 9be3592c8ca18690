import { describe, expect } from "vitest";
import {
  type Database,
  type Mentor,
  TODAY,
  aCertification,
  aMentor,
  aPause,
  addDays,
  anOrganization,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import {
  call,
  listingOf,
  mentorNow,
  portalEventsOf,
  refusal,
  violationsOf,
} from "../../support/outcomes.ts";

const consent = (tx: Database, mentor: Mentor, isGiven: boolean) =>
  tx.query("update app_public.mentors set portal_consent = $2 where id = $1", [mentor.id, isGiven]);

const kindsOf = async (tx: Database, mentor: Mentor) =>
  (await portalEventsOf(tx, mentor.id)).map(({ kind }) => kind);

describe("P1 one portal event for each change of the listing", () => {
  test("also when psql writes the listing itself", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));
    const before = await kindsOf(tx, mentor);

    await tx.query(
      `update app_public.portal_listings set desired_visible = false, desired_until = null
       where mentor_id = $1`,
      [mentor.id],
    );

    expect(await kindsOf(tx, mentor)).toEqual([...before, "listing.hidden"]);
  });

  test("and none for what changes nothing on the website", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: addDays(TODAY, 50) });
    const history: string[][] = [];
    const step = async (work: () => Promise<unknown>) => {
      const before = (await kindsOf(tx, mentor)).length;
      await work();
      history.push((await kindsOf(tx, mentor)).slice(before));
    };

    await step(() => aPause(tx, mentor, { cause: "self" }));
    await step(() => aPause(tx, mentor, { cause: "certification" }));
    await step(() => call(tx, "resume_mentor", { mentor_id: mentor.id }));
    await step(() =>
      aCertification(tx, mentor, organization.typeId, {
        validFrom: addDays(TODAY, 51),
        expiresOn: addDays(TODAY, 99),
      }),
    );
    await step(() => consent(tx, mentor, false));
    await step(() => consent(tx, mentor, true));
    await step(() => call(tx, "retire_mentor", { mentor_id: mentor.id, reason: "Moves" }));

    expect(history).toEqual([
      ["listing.hidden"],
      [],
      [],
      ["listing.shown"],
      ["listing.hidden"],
      ["listing.shown"],
      ["listing.hidden"],
    ]);
    const versions = (await portalEventsOf(tx, mentor.id)).map((event) => event.desired_version);
    expect(versions).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(await violationsOf(tx, organization.id, TODAY)).toEqual([]);
  });

  test("with the mentor's version and the last visible day", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx), { expiresOn: addDays(TODAY, 50) });
    await aPause(tx, mentor);
    const { version } = await mentorNow(tx, mentor.id);

    expect(await portalEventsOf(tx, mentor.id)).toMatchObject([
      { kind: "listing.hidden", desired_until: null, mentor_version: 1 },
      { kind: "listing.shown", desired_until: addDays(TODAY, 50) },
      { kind: "listing.hidden", desired_until: null, mentor_version: version },
    ]);
  });

  test("in the transaction of the change: refused together", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));
    const before = await portalEventsOf(tx, mentor.id);

    await refusal(tx, async () => {
      await aPause(tx, mentor);
      await aPause(tx, mentor);
    });

    expect(await portalEventsOf(tx, mentor.id)).toEqual(before);
    expect(await listingOf(tx, mentor.id)).toMatchObject({ desired_visible: true });
  });
});

describe("P6 wanted visible is who is active, consents and is certified", () => {
  test.for(["pending", "active", "paused", "retired"] as const)(
    "%s, with and without consent",
    async (status, { tx }) => {
      const organization = await anOrganization(tx);
      const willing = await aMentor(tx, organization, { status });
      const unwilling = await aMentor(tx, organization, { status, portalConsent: false });

      expect(await listingOf(tx, willing.id)).toMatchObject({
        desired_visible: status === "active",
      });
      expect(await listingOf(tx, unwilling.id)).toEqual({
        desired_visible: false,
        desired_until: null,
        desired_version: 1,
      });
    },
  );

  test("until the last day of an unbroken coverage", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: addDays(TODAY, 10) });
    expect(await listingOf(tx, mentor.id)).toMatchObject({ desired_until: addDays(TODAY, 10) });

    await aCertification(tx, mentor, organization.typeId, {
      validFrom: addDays(TODAY, 11),
      expiresOn: addDays(TODAY, 20),
    });

    expect(await listingOf(tx, mentor.id)).toMatchObject({ desired_until: addDays(TODAY, 20) });
    expect((await kindsOf(tx, mentor)).at(-1)).toBe("listing.until_changed");
  });

  test("without an end where nothing is required", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);

    await tx.query(
      "update app_public.certification_types set is_required = false where organization_id = $1",
      [organization.id],
    );

    expect(await listingOf(tx, mentor.id)).toMatchObject({
      desired_visible: true,
      desired_until: null,
    });
  });
});
