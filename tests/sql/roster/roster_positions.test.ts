import { describe, expect } from "vitest";
import {
  type Database,
  type Mentor,
  TODAY,
  aCertification,
  aCertificationType,
  aChapter,
  aMentor,
  aPerson,
  addDays,
  anOrganization,
  insert,
  setClock,
  setOrganizationSettings,
} from "../../support/builders.ts";
import { test as base } from "../../support/database.ts";

interface Position {
  chapter_id: string;
  mentor_key: string;
  full_name: string;
  next_expires_on: string;
  quietest_last_contact_on: string;
  recompute_on: string | null;
}

async function position(db: Database, mentor: { id: string }): Promise<Position> {
  const { rows } = await db.query<{ position: Position }>(
    "select to_json(p) as position from app_private.roster_positions as p where p.mentor_id = $1",
    [mentor.id],
  );
  return rows[0]!.position;
}

async function violations(db: Database, organization: { id: string }): Promise<string[]> {
  const { rows } = await db.query<{ mentor_id: string }>(
    `select mentor_id from app_private.invariant_violations($1, $2)
     where invariant = 'roster_follows_facts'`,
    [organization.id, TODAY],
  );
  return rows.map((row) => row.mentor_id);
}

const test = base.extend("stage", async ({ tx }) => {
  const organization = await anOrganization(tx);
  const mentor = await aMentor(tx, organization, { expiresOn: addDays(TODAY, 10) });
  return { organization, mentor };
});

const anAssignment = (db: Database, mentor: Mentor, lastContactOn: string, closedOn?: string) =>
  insert<{ id: string }>(db, "app_public.assignments", {
    organization_id: mentor.organizationId,
    mentor_id: mentor.id,
    assignment_key: crypto.randomUUID(),
    client_reference: "client",
    opened_on: addDays(TODAY, -300),
    last_contact_on: lastContactOn,
    closed_on: closedOn ?? null,
  });

describe("V1 the place of a mentor in the roster follows", () => {
  test("the name of the person, whoever that is", async ({
    tx,
    stage: { organization, mentor },
  }) => {
    await tx.query("update app_public.people set full_name = 'Åse' where id = $1", [
      mentor.personId,
    ]);
    expect(await position(tx, mentor)).toMatchObject({ full_name: "Åse" });

    const personId = await aPerson(tx, organization, { full_name: "Ola" });
    await tx.query("update app_public.mentors set person_id = $2 where id = $1", [
      mentor.id,
      personId,
    ]);
    expect(await position(tx, mentor)).toMatchObject({ full_name: "Ola" });
  });

  test("the chapter and the key", async ({ tx, stage: { organization, mentor } }) => {
    const chapterId = await aChapter(tx, organization);

    await tx.query("update app_public.mentors set chapter_id = $2 where id = $1", [
      mentor.id,
      chapterId,
    ]);
    await tx.query("update app_public.portal_listings set observed_visible = false");
    await tx.query("update app_public.mentors set mentor_key = 'other' where id = $1", [mentor.id]);

    expect(await position(tx, mentor)).toMatchObject({
      chapter_id: chapterId,
      mentor_key: "other",
    });
  });

  test("the required certification that ends first", async ({
    tx,
    stage: { organization, mentor },
  }) => {
    const required = await aCertificationType(tx, organization);
    await aCertification(tx, mentor, required, { expiresOn: addDays(TODAY, 4) });
    expect(await position(tx, mentor)).toMatchObject({ next_expires_on: addDays(TODAY, 4) });

    const optional = await aCertificationType(tx, organization, { isRequired: false });
    await aCertification(tx, mentor, optional, { expiresOn: addDays(TODAY, 2) });
    expect(await position(tx, mentor)).toMatchObject({ next_expires_on: addDays(TODAY, 4) });

    await tx.query("update app_public.certification_types set is_required = true where id = $1", [
      optional,
    ]);
    expect(await position(tx, mentor)).toMatchObject({ next_expires_on: addDays(TODAY, 2) });
  });

  test("a renewal, a correction, a revocation", async ({ tx, stage: { organization, mentor } }) => {
    const renewal = await aCertification(tx, mentor, organization.typeId, {
      validFrom: addDays(TODAY, 11),
      expiresOn: addDays(TODAY, 400),
    });
    expect(await position(tx, mentor)).toMatchObject({ next_expires_on: addDays(TODAY, 400) });

    await tx.query("update app_public.certifications set expires_on = $2 where id = $1", [
      renewal,
      addDays(TODAY, 300),
    ]);
    expect(await position(tx, mentor)).toMatchObject({ next_expires_on: addDays(TODAY, 300) });

    await tx.query(
      `update app_public.certifications
       set revoked_at = app_private.clock(), revocation_reason = 'Mistake'
       where id = $1`,
      [renewal],
    );
    expect(await position(tx, mentor)).toMatchObject({ next_expires_on: addDays(TODAY, 10) });
  });

  test("a gap: the period before it ends first, until the next one begins", async ({
    tx,
    stage: { organization, mentor },
  }) => {
    await aCertification(tx, mentor, organization.typeId, {
      validFrom: addDays(TODAY, 12),
      expiresOn: addDays(TODAY, 400),
    });
    expect(await position(tx, mentor)).toMatchObject({
      next_expires_on: addDays(TODAY, 10),
      recompute_on: addDays(TODAY, 12),
    });

    await setClock(tx, addDays(TODAY, 11));
    await tx.query("select app_private.advance_roster($1)", [organization.id]);
    expect(await position(tx, mentor)).toMatchObject({ next_expires_on: addDays(TODAY, 10) });
    expect(await violations(tx, organization)).toEqual([]);

    await setClock(tx, addDays(TODAY, 12));
    // Late, and not wrong: the night is about to come.
    expect(await violations(tx, organization)).toEqual([]);
    await tx.query("select app_private.advance_roster($1)", [organization.id]);
    expect(await position(tx, mentor)).toMatchObject({
      next_expires_on: addDays(TODAY, 400),
      recompute_on: null,
    });
  });

  test("days of grace, which close a gap", async ({ tx, stage: { organization, mentor } }) => {
    await aCertification(tx, mentor, organization.typeId, {
      validFrom: addDays(TODAY, 12),
      expiresOn: addDays(TODAY, 400),
    });

    await setOrganizationSettings(tx, organization, { grace_days: 1 });

    expect(await position(tx, mentor)).toMatchObject({ next_expires_on: addDays(TODAY, 400) });
  });

  test("the open assignment with the oldest contact", async ({ tx, stage: { mentor } }) => {
    expect(await position(tx, mentor)).toMatchObject({ quietest_last_contact_on: "infinity" });

    const { id } = await anAssignment(tx, mentor, addDays(TODAY, -9));
    await anAssignment(tx, mentor, addDays(TODAY, -5));
    await anAssignment(tx, mentor, addDays(TODAY, -99), addDays(TODAY, -50));
    expect(await position(tx, mentor)).toMatchObject({
      quietest_last_contact_on: addDays(TODAY, -9),
    });

    await tx.query("update app_public.assignments set closed_on = $2 where id = $1", [id, TODAY]);
    expect(await position(tx, mentor)).toMatchObject({
      quietest_last_contact_on: addDays(TODAY, -5),
    });
  });

  test("an assignment that is to end, on the day it does", async ({
    tx,
    stage: { organization, mentor },
  }) => {
    await anAssignment(tx, mentor, addDays(TODAY, -9), addDays(TODAY, 3));
    expect(await position(tx, mentor)).toMatchObject({
      quietest_last_contact_on: addDays(TODAY, -9),
      recompute_on: addDays(TODAY, 3),
    });

    await setClock(tx, addDays(TODAY, 3));
    await tx.query("select app_private.advance_roster($1)", [organization.id]);

    expect(await position(tx, mentor)).toMatchObject({ quietest_last_contact_on: "infinity" });
  });

  test("today, also when the night of a date to come is run by hand", async ({
    tx,
    stage: { organization, mentor },
  }) => {
    await anAssignment(tx, mentor, addDays(TODAY, -20), addDays(TODAY, 3));
    const before = await position(tx, mentor);

    await tx.query("select app_public.run_nightly($1, $2)", [organization.id, addDays(TODAY, 5)]);

    expect(await position(tx, mentor)).toEqual(before);
    expect(await violations(tx, organization)).toEqual([]);
  });
});

test("S3 a place that does not follow from the facts is a discrepancy", async ({
  tx,
  stage: { organization, mentor },
}) => {
  expect(await violations(tx, organization)).toEqual([]);

  await tx.query("update app_private.roster_positions set full_name = 'X' where mentor_id = $1", [
    mentor.id,
  ]);
  expect(await violations(tx, organization)).toEqual([mentor.id]);

  await tx.query("delete from app_private.roster_positions where mentor_id = $1", [mentor.id]);
  expect(await violations(tx, organization)).toEqual([mentor.id]);
});
