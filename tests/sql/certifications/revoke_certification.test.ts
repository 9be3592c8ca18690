import { describe, expect } from "vitest";
import {
  type Database,
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
  journalOf,
  lastEntryOf,
  listingOf,
  mentorNow,
  openPausesOf,
  pausesOf,
  portalEventsOf,
  refusal,
  toldAbout,
  violationsOf,
} from "../../support/outcomes.ts";

const revoke = (tx: Database, certificationId: string | null, reason = "Forged") =>
  call(tx, "revoke_certification", { certification_id: certificationId, reason });

describe("C4 a revocation of a required certification", () => {
  test("pauses and hides at once, and tells mentor and coordinators", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);

    expect(await revoke(tx, mentor.certificationId)).toMatchObject({ revocation_reason: "Forged" });

    expect(await pausesOf(tx, mentor.id)).toMatchObject([
      { cause: "certification", certification_id: mentor.certificationId, end_cause: null },
    ]);
    expect((await mentorNow(tx, mentor.id)).status).toBe("paused");
    expect(await listingOf(tx, mentor.id)).toEqual({
      desired_visible: false,
      desired_until: null,
      desired_version: 3,
    });
    expect((await portalEventsOf(tx, mentor.id)).map(({ kind }) => kind)).toEqual([
      "listing.hidden",
      "listing.shown",
      "listing.hidden",
    ]);
    expect(await toldAbout(tx, mentor.id)).toEqual([
      "mentor_paused to coordinators",
      "mentor_paused to mentor",
    ]);
    await tx.query("set constraints all immediate");
    expect(await violationsOf(tx, organization.id, TODAY)).toEqual([]);
  });

  test("is journalled with its reason, and then the pause", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));

    await revoke(tx, mentor.certificationId, "Course was never taken");

    expect((await journalOf(tx, mentor.id)).slice(-2)).toMatchObject([
      {
        event: "certification_revoked",
        from_status: "active",
        to_status: "active",
        reason: "Course was never taken",
        certification_id: mentor.certificationId,
      },
      { event: "paused", from_status: "active", to_status: "paused", cause: "certification" },
    ]);
  });

  test("by direct SQL does the same", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));

    await tx.query(
      `update app_public.certifications
       set revoked_at = app_private.clock(), revocation_reason = 'Forged'
       where id = $1`,
      [mentor.certificationId],
    );

    expect(await openPausesOf(tx, mentor.id)).toEqual(["certification"]);
    expect(await listingOf(tx, mentor.id)).toMatchObject({ desired_visible: false });
  });

  test("opens a second pause beside a person's, and none beside one for certification", async ({
    tx,
  }) => {
    const organization = await anOrganization(tx);
    const byPerson = await aMentor(tx, organization, { status: "paused" });
    const expired = await aMentor(tx, organization, {
      status: "paused",
      pauseCause: "certification",
    });

    await revoke(tx, byPerson.certificationId);
    await revoke(tx, expired.certificationId);

    expect((await openPausesOf(tx, byPerson.id)).toSorted()).toEqual([
      "certification",
      "coordinator",
    ]);
    expect(await openPausesOf(tx, expired.id)).toEqual(["certification"]);
  });

  test.for(["pending", "retired"] as const)(
    "of a %s mentor opens no pause",
    async (status, { tx }) => {
      const organization = await anOrganization(tx);
      const mentor = await aMentor(tx, organization, { status });
      const certificationId =
        mentor.certificationId ??
        (await aCertification(tx, mentor, organization.typeId, { validFrom: addDays(TODAY, 1) }));

      await revoke(tx, certificationId);

      expect(await openPausesOf(tx, mentor.id)).toEqual([]);
      expect((await mentorNow(tx, mentor.id)).status).toBe(status);
    },
  );

  test("a new certification ends the pause", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);
    await revoke(tx, mentor.certificationId);

    await aCertification(tx, mentor, organization.typeId);

    expect((await mentorNow(tx, mentor.id)).status).toBe("active");
    expect(await listingOf(tx, mentor.id)).toMatchObject({ desired_visible: true });
  });

  test("a second time is refused with MNTRA, of an unknown one with MNNOT", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));
    await revoke(tx, mentor.certificationId);

    const again = () => revoke(tx, mentor.certificationId);
    const unknown = () => revoke(tx, "00000000-0000-4000-8000-000000000000");

    expect(await refusal(tx, again)).toMatchObject({ code: "MNTRA" });
    expect(await refusal(tx, unknown)).toMatchObject({ code: "MNNOT" });
  });

  test("needs a reason", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));

    expect(await refusal(tx, () => revoke(tx, mentor.certificationId, "  "))).toMatchObject({
      constraint: "note_is_between_1_and_1000_characters",
    });
  });
});

describe("C4 revoking a renewal", () => {
  const OLD_TO = addDays(TODAY, 20);

  async function aRenewedMentor(tx: Database, validFrom: string) {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: OLD_TO });
    const renewal = await call(tx, "grant_certification", {
      mentor_id: mentor.id,
      certification_type_id: organization.typeId,
      valid_from: validFrom,
      expires_on: addDays(TODAY, 740),
    });
    return { organization, mentor, renewalId: renewal["id"] as string };
  }

  test("lets the period that it replaced run to its own end; nobody is paused or told", async ({
    tx,
  }) => {
    const { organization, mentor, renewalId } = await aRenewedMentor(tx, addDays(TODAY, -3));

    await revoke(tx, renewalId);

    expect(await openPausesOf(tx, mentor.id)).toEqual([]);
    expect(await toldAbout(tx, mentor.id)).toEqual([]);
    expect(await mentorNow(tx, mentor.id)).toMatchObject({
      status: "active",
      coverage: `{[${addDays(TODAY, -365)},${addDays(OLD_TO, 1)})}`,
    });
    expect(await listingOf(tx, mentor.id)).toMatchObject({
      desired_visible: true,
      desired_until: OLD_TO,
    });
    expect(await violationsOf(tx, organization.id, TODAY)).toEqual([]);
  });

  test("frees its days for another renewal", async ({ tx }) => {
    const { organization, mentor, renewalId } = await aRenewedMentor(tx, addDays(TODAY, 5));
    await revoke(tx, renewalId);

    await call(tx, "grant_certification", {
      mentor_id: mentor.id,
      certification_type_id: organization.typeId,
      valid_from: addDays(TODAY, 5),
      expires_on: addDays(TODAY, 741),
    });

    expect(await listingOf(tx, mentor.id)).toMatchObject({ desired_until: addDays(TODAY, 741) });
  });

  test("lets nothing overlap the period that runs again: MNDAT", async ({ tx }) => {
    const { organization, mentor, renewalId } = await aRenewedMentor(tx, addDays(TODAY, -3));
    await revoke(tx, renewalId);

    const attempt = () =>
      call(tx, "grant_certification", {
        mentor_id: mentor.id,
        certification_type_id: organization.typeId,
        valid_from: TODAY,
        expires_on: addDays(TODAY, 1),
      });

    expect(await refusal(tx, attempt)).toMatchObject({ code: "MNDAT" });
  });

  test("lets the old period run until a later renewal begins, if there is one", async ({ tx }) => {
    const { organization, mentor, renewalId } = await aRenewedMentor(tx, addDays(TODAY, 5));
    await call(tx, "grant_certification", {
      mentor_id: mentor.id,
      certification_type_id: organization.typeId,
      valid_from: addDays(TODAY, 10),
      expires_on: addDays(TODAY, 900),
    });

    await revoke(tx, renewalId);

    const { rows } = await tx.query(
      `select c.replaced_on from app_public.certifications as c where c.id = $1`,
      [mentor.certificationId],
    );
    expect(rows).toEqual([{ replaced_on: addDays(TODAY, 10) }]);
    expect(await mentorNow(tx, mentor.id)).toMatchObject({
      status: "active",
      coverage: `{[${addDays(TODAY, -365)},${addDays(TODAY, 901)})}`,
    });
  });

  test("revoking the old period leaves the renewal", async ({ tx }) => {
    const { mentor } = await aRenewedMentor(tx, TODAY);

    await revoke(tx, mentor.certificationId);

    expect(await mentorNow(tx, mentor.id)).toMatchObject({
      status: "active",
      coverage: `{[${TODAY},${addDays(TODAY, 741)})}`,
    });
  });

  test("revoking the old period before the renewal begins pauses until then", async ({ tx }) => {
    const { mentor } = await aRenewedMentor(tx, addDays(TODAY, 5));

    await revoke(tx, mentor.certificationId);

    expect(await openPausesOf(tx, mentor.id)).toEqual(["certification"]);
  });
});

describe("S6 with other certifications", () => {
  test("revoking an optional one pauses nobody", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const optional = await aCertificationType(tx, organization, { isRequired: false });
    const mentor = await aMentor(tx, organization);
    const id = await aCertification(tx, mentor, optional);

    await revoke(tx, id);

    expect(await openPausesOf(tx, mentor.id)).toEqual([]);
    expect(await lastEntryOf(tx, mentor.id)).toMatchObject({ event: "certification_revoked" });
  });

  test("revoking one of two required ones pauses for that one", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { status: "pending" });
    const second = await aCertificationType(tx, organization);
    await aCertification(tx, mentor, organization.typeId);
    const id = await aCertification(tx, mentor, second);
    expect((await mentorNow(tx, mentor.id)).status).toBe("active");

    await revoke(tx, id);

    expect(await pausesOf(tx, mentor.id)).toMatchObject([
      { cause: "certification", certification_id: id },
    ]);
  });
});
