import { describe, expect } from "vitest";
import {
  type Database,
  type Mentor,
  TODAY,
  aCertification,
  aCertificationType,
  aMentor,
  addDays,
  anOrganization,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import {
  call,
  lastEntryOf,
  listingOf,
  mentorNow,
  openPausesOf,
  portalEventsOf,
  refusal,
  toldAbout,
  violationsOf,
} from "../../support/outcomes.ts";

const YESTERDAY = addDays(TODAY, -1);
const TOMORROW = addDays(TODAY, 1);

const grant = (
  tx: Database,
  mentor: Mentor,
  typeId: string,
  validFrom: string | null,
  expiresOn: string | null,
) =>
  call(tx, "grant_certification", {
    mentor_id: mentor.id,
    certification_type_id: typeId,
    valid_from: validFrom,
    expires_on: expiresOn,
  });

async function periodsOf(tx: Database, mentor: Mentor) {
  const { rows } = await tx.query<{ period: string }>(
    `select c.valid_from || ' to ' || c.expires_on || coalesce(' replaced ' || c.replaced_on, '')
       || case when c.revoked_at is not null then ' revoked' else '' end as period
     from app_public.certifications as c
     where c.mentor_id = $1
     order by c.valid_from, c.expires_on`,
    [mentor.id],
  );
  return rows.map(({ period }) => period);
}

describe("C4 a certification holds from its first to its last valid day", () => {
  test.for([
    { from: YESTERDAY, to: TODAY, status: "active" },
    { from: TODAY, to: TODAY, status: "active" },
    { from: TODAY, to: TOMORROW, status: "active" },
    { from: TOMORROW, to: TOMORROW, status: "pending" },
    { from: YESTERDAY, to: YESTERDAY, status: "pending" },
  ])("from $from to $to makes $status", async ({ from, to, status }, { tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { status: "pending" });

    await grant(tx, mentor, organization.typeId, from, to);

    expect((await mentorNow(tx, mentor.id)).status).toBe(status);
    expect(await violationsOf(tx, organization.id, TODAY)).toEqual([]);
  });

  test.for([
    { from: TODAY, to: YESTERDAY },
    { from: null, to: TODAY },
    { from: TODAY, to: null },
    { from: "1899-12-31", to: TODAY },
    { from: TODAY, to: "2200-01-01" },
  ])("from $from to $to is refused with MNDAT", async ({ from, to }, { tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { status: "pending" });

    const attempt = () => grant(tx, mentor, organization.typeId, from, to);

    expect(await refusal(tx, attempt)).toMatchObject({ code: "MNDAT" });
  });

  test("of a type of another organisation is refused with MNNOT", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));
    const other = await anOrganization(tx);

    const attempt = () => grant(tx, mentor, other.typeId, TODAY, TOMORROW);

    expect(await refusal(tx, attempt)).toMatchObject({ code: "MNNOT" });
  });
});

describe("C4 a renewal", () => {
  const OLD_FROM = addDays(TODAY, -365);
  const OLD_TO = addDays(TODAY, 20);
  const NEW_TO = addDays(TODAY, 740);

  async function aCertifiedMentor(tx: Database) {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { validFrom: OLD_FROM, expiresOn: OLD_TO });
    return { organization, mentor, typeId: organization.typeId };
  }

  test("replaces the running period from its first day on", async ({ tx }) => {
    const { organization, mentor, typeId } = await aCertifiedMentor(tx);
    const { version } = await mentorNow(tx, mentor.id);

    await grant(tx, mentor, typeId, TODAY, NEW_TO);

    expect(await periodsOf(tx, mentor)).toEqual([
      `${OLD_FROM} to ${OLD_TO} replaced ${TODAY}`,
      `${TODAY} to ${NEW_TO}`,
    ]);
    expect(await mentorNow(tx, mentor.id)).toMatchObject({
      status: "active",
      version: version + 1,
      coverage: `{[${OLD_FROM},${addDays(NEW_TO, 1)})}`,
    });
    expect(await listingOf(tx, mentor.id)).toMatchObject({ desired_until: NEW_TO });
    expect(await violationsOf(tx, organization.id, TODAY)).toEqual([]);
  });

  test("that begins the day after the last is a period of its own", async ({ tx }) => {
    const { mentor, typeId } = await aCertifiedMentor(tx);

    await grant(tx, mentor, typeId, addDays(OLD_TO, 1), NEW_TO);

    expect(await periodsOf(tx, mentor)).toEqual([
      `${OLD_FROM} to ${OLD_TO}`,
      `${addDays(OLD_TO, 1)} to ${NEW_TO}`,
    ]);
    expect((await mentorNow(tx, mentor.id)).coverage).toBe(`{[${OLD_FROM},${addDays(NEW_TO, 1)})}`);
  });

  test("that leaves a gap is listed only until the gap", async ({ tx }) => {
    const { mentor, typeId } = await aCertifiedMentor(tx);

    await grant(tx, mentor, typeId, addDays(OLD_TO, 2), NEW_TO);

    expect(await listingOf(tx, mentor.id)).toMatchObject({ desired_until: OLD_TO });
  });

  test.for([
    { what: "begins with the other", from: OLD_FROM, to: NEW_TO },
    { what: "begins before the other and overlaps", from: addDays(OLD_FROM, -9), to: OLD_FROM },
    { what: "ends with the other", from: TODAY, to: OLD_TO },
    { what: "ends before the other", from: TODAY, to: TOMORROW },
    { what: "includes the other", from: addDays(OLD_FROM, -1), to: NEW_TO },
  ])("that $what is refused with MNDAT", async ({ from, to }, { tx }) => {
    const { mentor, typeId } = await aCertifiedMentor(tx);

    const attempt = () => grant(tx, mentor, typeId, from, to);

    expect(await refusal(tx, attempt)).toMatchObject({ code: "MNDAT" });
  });

  test("lifts the pause for certification at once and lists again", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, {
      status: "paused",
      pauseCause: "certification",
    });
    expect(await listingOf(tx, mentor.id)).toMatchObject({ desired_visible: false });

    await grant(tx, mentor, organization.typeId, TODAY, NEW_TO);

    expect(await openPausesOf(tx, mentor.id)).toEqual([]);
    expect(await mentorNow(tx, mentor.id)).toMatchObject({ status: "active" });
    expect((await portalEventsOf(tx, mentor.id)).at(-1)).toMatchObject({
      kind: "listing.shown",
      desired_until: NEW_TO,
    });
    expect((await toldAbout(tx, mentor.id)).filter((told) => told.includes("resumed"))).toEqual([
      "mentor_resumed to coordinators",
      "mentor_resumed to mentor",
    ]);
  });

  test("of a retired mentor is recorded and changes no status", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { status: "retired", expiresOn: YESTERDAY });

    await grant(tx, mentor, organization.typeId, TODAY, NEW_TO);

    expect(await lastEntryOf(tx, mentor.id)).toMatchObject({
      event: "certified",
      from_status: "retired",
      to_status: "retired",
    });
    expect(await listingOf(tx, mentor.id)).toMatchObject({ desired_visible: false });
  });
});

describe("S6 with two required types", () => {
  test("both are needed to become active", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const second = await aCertificationType(tx, organization);
    const mentor = await aMentor(tx, organization, { status: "pending" });

    await grant(tx, mentor, organization.typeId, TODAY, addDays(TODAY, 10));
    expect((await mentorNow(tx, mentor.id)).status).toBe("pending");

    await grant(tx, mentor, second, TODAY, addDays(TODAY, 20));
    expect((await mentorNow(tx, mentor.id)).status).toBe("active");
  });

  test("the earlier end counts, and renewing only the other does not lift the pause", async ({
    tx,
  }) => {
    const organization = await anOrganization(tx);
    const second = await aCertificationType(tx, organization);
    const mentor = await aMentor(tx, organization, { status: "pending" });
    await grant(tx, mentor, organization.typeId, TODAY, TODAY);
    await grant(tx, mentor, second, TODAY, TODAY);
    expect(await listingOf(tx, mentor.id)).toMatchObject({ desired_until: TODAY });
    await call(tx, "run_nightly", { organization_id: organization.id, run_on: TOMORROW });

    await tx.query("select set_config('mentor_lifecycle.as_of', $1, true)", [
      `${TOMORROW} 12:00:00 Europe/Oslo`,
    ]);
    await grant(tx, mentor, organization.typeId, TOMORROW, addDays(TODAY, 30));
    expect((await mentorNow(tx, mentor.id)).status).toBe("paused");

    await grant(tx, mentor, second, TOMORROW, addDays(TODAY, 60));
    expect((await mentorNow(tx, mentor.id)).status).toBe("active");
    expect(await listingOf(tx, mentor.id)).toMatchObject({ desired_until: addDays(TODAY, 30) });
  });
});

describe("S6 an optional type", () => {
  test("neither activates nor is missed", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const optional = await aCertificationType(tx, organization, { isRequired: false });
    const pending = await aMentor(tx, organization, { status: "pending" });
    const active = await aMentor(tx, organization);
    await grant(tx, pending, optional, TODAY, TOMORROW);
    await grant(tx, active, optional, YESTERDAY, YESTERDAY);

    await call(tx, "run_nightly", { organization_id: organization.id, run_on: TODAY });

    expect((await mentorNow(tx, pending.id)).status).toBe("pending");
    expect((await mentorNow(tx, active.id)).status).toBe("active");
  });

  test("where nothing is required, a new mentor is covered on every day", async ({ tx }) => {
    const organization = await anOrganization(tx);
    await tx.query(
      "update app_public.certification_types set is_required = false where organization_id = $1",
      [organization.id],
    );

    const mentor = await aMentor(tx, organization, { status: "pending" });

    expect(await violationsOf(tx, organization.id, TODAY)).toEqual([]);
    expect((await mentorNow(tx, mentor.id)).coverage).toBe("{(,)}");
  });
});

test("C4 certifications by direct SQL take the same way", async ({ tx }) => {
  const organization = await anOrganization(tx);
  const mentor = await aMentor(tx, organization, {
    status: "paused",
    pauseCause: "certification",
  });

  await aCertification(tx, mentor, organization.typeId, { validFrom: TODAY });

  expect((await mentorNow(tx, mentor.id)).status).toBe("active");
});
