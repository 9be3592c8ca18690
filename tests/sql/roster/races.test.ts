import { describe, expect } from "vitest";
import {
  type Database,
  TODAY,
  aMentor,
  addDays,
  anAssignment,
  aPerson,
  anOrganization,
  transaction,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { call, violationsOf } from "../../support/outcomes.ts";
import { interleave, withSessions } from "../../support/sessions.ts";

type Act = (db: Database) => Promise<Record<string, unknown>>;

async function stage(observer: Database) {
  return await transaction(observer, async () => {
    const organization = await anOrganization(observer);
    const mentor = await aMentor(observer, organization, { expiresOn: addDays(TODAY, 10) });
    const assignment = await anAssignment(observer, mentor);
    const newcomerId = await aPerson(observer, organization);
    return { organization, mentor, assignment, newcomerId };
  });
}

type Stage = Awaited<ReturnType<typeof stage>>;

/** What changes a place in the roster, by the ways that it changes. */
const CHANGES: Record<string, (stage: Stage) => Act> = {
  "another name":
    ({ mentor, newcomerId }) =>
    async (db) => {
      await db.query("update app_public.people set full_name = 'Åse' where id = any ($1)", [
        [mentor.personId, newcomerId],
      ]);
      return {};
    },
  "a renewal":
    ({ mentor, organization }) =>
    (db) =>
      call(db, "grant_certification", {
        mentor_id: mentor.id,
        certification_type_id: organization.typeId,
        valid_from: addDays(TODAY, 15),
        expires_on: addDays(TODAY, 400),
      }),
  "a correction":
    ({ assignment }) =>
    (db) =>
      call(db, "correct_last_contact", {
        assignment_id: assignment.id,
        last_contact_on: addDays(TODAY, -3),
        reason: "Mistake",
      }),
  "an assignment":
    ({ mentor }) =>
    (db) =>
      call(db, "open_assignment", {
        mentor_id: mentor.id,
        assignment_key: "new",
        client_reference: "client",
        opened_on: addDays(TODAY, -99),
      }),
  "other days of grace":
    ({ organization }) =>
    (db) =>
      call(db, "update_organization_settings", {
        organization_id: organization.id,
        grace_days: 9,
      }),
  "a new mentor":
    ({ organization, newcomerId }) =>
    async (db) => {
      await aMentor(db, organization, { personId: newcomerId, expiresOn: addDays(TODAY, 10) });
      return {};
    },
};

const PAIRS = Object.keys(CHANGES).flatMap((first, index, names) =>
  names.slice(index + 1).map((second) => ({ first, second })),
);

describe("V1 places follow the facts although two change at once:", () => {
  test.for(PAIRS)("$first and $second", async ({ first, second }, { databaseUrl }) => {
    await withSessions(databaseUrl, 2, async (sessions, observer) => {
      // The second waits for the first, or has read what the first was about to change.
      for (const schedule of [
        [0, 1, 0, 1],
        [1, 0, 1, 0],
      ]) {
        const made = await stage(observer);
        const outcomes = await interleave(
          sessions,
          observer,
          [first, second].map((name) => ({ personId: null, act: CHANGES[name]!(made) })),
          schedule,
        );
        expect(outcomes.map((outcome) => ("code" in outcome ? outcome.code : "done"))).toEqual([
          "done",
          "done",
        ]);
        expect(await violationsOf(observer, made.organization.id, TODAY), schedule.join()).toEqual(
          [],
        );
      }
    });
  });
});
