import { describe, expect } from "vitest";
import {
  type Database,
  type Mentor,
  TODAY,
  aMentor,
  aPause,
  addDays,
  anOrganization,
  insert,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { call, mentorNow, refusal } from "../../support/outcomes.ts";

/** A mentor whose journal ends with active, paused, active: five versions. */
async function aMentorWithAPast(tx: Database): Promise<Mentor> {
  const mentor = await aMentor(tx, await anOrganization(tx), { status: "paused" });
  await call(tx, "resume_mentor", { mentor_id: mentor.id });
  await tx.query("set constraints all immediate; set constraints all deferred");
  return mentor;
}

const journalRow = (mentor: Mentor, version: number, from: string | null, to: string) => ({
  mentor_id: mentor.id,
  version,
  event: "updated",
  from_status: from,
  to_status: to,
  actor: "psql",
  at: TODAY,
});

describe("S3 history is append-only", () => {
  const statements: Record<string, string> = {
    "a journal row edited": "update app_public.mentor_journal set reason = 'Another'",
    "a journal row deleted": "delete from app_public.mentor_journal",
    "the journal emptied": "truncate app_public.mentor_journal cascade",
    "a mentor deleted": "delete from app_public.mentors",
    "the mentors emptied": "truncate app_public.mentors cascade",
    "a certification deleted": "delete from app_public.certifications",
    "the certifications emptied": "truncate app_public.certifications cascade",
    "a pause deleted": "delete from app_public.mentor_pauses",
    "the pauses emptied": "truncate app_public.mentor_pauses cascade",
    "an ended pause edited": "update app_public.mentor_pauses set reason = 'Another'",
    "an ended pause opened again":
      "update app_public.mentor_pauses set ended_at = null, ended_by = null, end_cause = null",
    "a reminder edited": "update app_public.certification_reminders set threshold_days = 8",
    "a reminder deleted": "delete from app_public.certification_reminders",
    "the reminders emptied": "truncate app_public.certification_reminders",
    "a portal event edited": "update app_public.portal_events set kind = 'listing.hidden'",
    "a portal event deleted": "delete from app_public.portal_events",
    "the portal events emptied": "truncate app_public.portal_events cascade",
    "a run deleted": "delete from app_public.nightly_runs",
    "an action deleted": "delete from app_public.nightly_run_actions",
    "a notification deleted": "delete from app_public.notifications",
    "a silent certification of somebody who was there before":
      "insert into app_public.certifications (organization_id, mentor_id, certification_type_id, " +
      "valid_from, expires_on, is_silent) select c.organization_id, c.mentor_id, " +
      "c.certification_type_id, c.valid_from - 500, c.valid_from - 400, true " +
      "from app_public.certifications as c",
  };

  test.for(Object.entries(statements))("%s: MNAPP", async ([, statement], { tx }) => {
    const mentor = await aMentorWithAPast(tx);
    await insert(tx, "app_public.certification_reminders", {
      mentor_id: mentor.id,
      certification_id: mentor.certificationId,
      expires_on: TODAY,
      threshold_days: 7,
      disposition: "seeded",
      decided_on: TODAY,
    });

    expect(await refusal(tx, () => tx.query(statement))).toMatchObject({ code: "MNAPP" });
  });

  test("a pause or a certification handed to another mentor: MNAPP", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { status: "paused" });
    const other = await aMentor(tx, organization, { status: "pending" });

    for (const table of ["mentor_pauses", "certifications"]) {
      const handOver = () =>
        tx.query(`update app_public.${table} set mentor_id = $2 where mentor_id = $1`, [
          mentor.id,
          other.id,
        ]);
      expect(await refusal(tx, handOver), table).toMatchObject({ code: "MNAPP" });
    }
  });
});

describe("S3 the journal has no gap and agrees with the mentor", () => {
  test("a row that leaves one out", async ({ tx }) => {
    const mentor = await aMentorWithAPast(tx);

    const attempt = () =>
      insert(tx, "app_public.mentor_journal", journalRow(mentor, 7, "active", "active"));

    expect(await refusal(tx, attempt)).toMatchObject({
      code: "23503",
      constraint: "mentor_journal_has_no_gap",
    });
  });

  test("a row that goes on from another status than the last", async ({ tx }) => {
    const mentor = await aMentorWithAPast(tx);

    const attempt = () =>
      insert(tx, "app_public.mentor_journal", journalRow(mentor, 6, "retired", "pending"));

    expect(await refusal(tx, attempt)).toMatchObject({
      code: "23503",
      constraint: "mentor_journal_has_no_gap",
    });
  });

  test("a second beginning", async ({ tx }) => {
    const mentor = await aMentorWithAPast(tx);

    const attempt = () =>
      insert(tx, "app_public.mentor_journal", journalRow(mentor, 6, null, "pending"));

    expect(await refusal(tx, attempt)).toMatchObject({
      code: "23514",
      constraint: "mentor_journal_begins_with_version_one",
    });
  });

  test("a row ahead of the mentor", async ({ tx }) => {
    const mentor = await aMentorWithAPast(tx);

    const attempt = () =>
      insert(tx, "app_public.mentor_journal", journalRow(mentor, 6, "active", "paused"));

    expect(await refusal(tx, attempt)).toMatchObject({ code: "MNAPP", table: "mentor_journal" });
  });
});

describe("S3 the version belongs to the journal", () => {
  test("counted up without a journal row, it is refused at commit", async ({ tx }) => {
    const mentor = await aMentorWithAPast(tx);

    const attempt = () =>
      tx.query("update app_public.mentors set version = version + 1 where id = $1", [mentor.id]);

    expect(await refusal(tx, attempt)).toMatchObject({
      code: "23503",
      constraint: "mentors_head_is_journalled",
    });
  });

  test.for([3, 1, 0])("counted down to %i, it is refused", async (to, { tx }) => {
    const mentor = await aMentorWithAPast(tx);
    expect(await mentorNow(tx, mentor.id)).toMatchObject({ version: 5, status: "active" });

    const attempt = () =>
      tx.query("update app_public.mentors set version = $2 where id = $1", [mentor.id, to]);

    expect(await refusal(tx, attempt)).toMatchObject({ code: "MNVER" });
  });

  test("nor does a retired mentor begin anew at version 1", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx), { status: "retired" });

    const attempt = () =>
      tx.query("update app_public.mentors set status = 'pending', version = 1 where id = $1", [
        mentor.id,
      ]);

    expect(await refusal(tx, attempt)).toMatchObject({ code: "MNVER" });
  });
});

describe("S2 facts that contradict each other", () => {
  test("two open pauses by persons", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx), { status: "paused" });

    expect(await refusal(tx, () => aPause(tx, mentor, { cause: "self" }))).toMatchObject({
      code: "23505",
      constraint: "mentor_pauses_one_open_per_kind",
    });
  });

  test("two open pauses for certification", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx), {
      status: "paused",
      pauseCause: "certification",
    });

    expect(await refusal(tx, () => aPause(tx, mentor, { cause: "certification" }))).toMatchObject({
      code: "23505",
      constraint: "mentor_pauses_one_open_per_kind",
    });
  });

  test("a silent pause of a mentor who is active", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));

    const attempt = () =>
      insert(tx, "app_public.mentor_pauses", {
        mentor_id: mentor.id,
        cause: "coordinator",
        reason: "Rest",
        started_at: addDays(TODAY, -1),
        started_by: "psql",
        is_silent: true,
      });

    expect(await refusal(tx, attempt)).toMatchObject({ code: "MNTRA" });
  });

  test("an open pause whose end is written by another kind", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx), { status: "paused" });

    const attempt = () =>
      tx.query(
        `update app_public.mentor_pauses
         set ended_at = app_private.clock(), ended_by = 'psql', end_cause = 'recertified'
         where mentor_id = $1`,
        [mentor.id],
      );

    expect(await refusal(tx, attempt)).toMatchObject({
      constraint: "mentor_pauses_end_by_their_own_kind",
    });
  });
});
