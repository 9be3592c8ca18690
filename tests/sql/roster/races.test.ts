import { describe, expect } from "vitest";
import {
  type Assignment,
  type Database,
  type Mentor,
  type Organization,
  TODAY,
  aCertificationType,
  aMentor,
  addDays,
  anAssignment,
  anOrganization,
  transaction,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { call, violationsOf } from "../../support/outcomes.ts";
import { type Caller, interleave, schedules, withSessions } from "../../support/sessions.ts";

const day = (days: number) => addDays(TODAY, days);

interface Story {
  organization: Organization;
  mentor: Mentor;
  assignment: Assignment;
  /** Not required yet, and held by nobody. */
  courseId: string;
}

const aStory = (db: Database): Promise<Story> =>
  transaction(db, async () => {
    const organization = await anOrganization(db);
    const mentor = await aMentor(db, organization, { expiresOn: day(20) });
    const assignment = await anAssignment(db, mentor);
    const courseId = await aCertificationType(db, organization, { isRequired: false });
    return { organization, mentor, assignment, courseId };
  });

const command = (name: string, args: Record<string, unknown>): Caller => ({
  personId: null,
  act: (db) => call(db, name, args),
});
const statement = (text: string, values: unknown[]): Caller => ({
  personId: null,
  act: async (db) => {
    await db.query(text, values);
    return {};
  },
});

/** Everything that coverage or a place in the roster follows from, each changed in its own way. */
const CHANGES: Record<string, (story: Story) => Caller> = {
  "another name": ({ mentor }) =>
    statement("update app_public.people set full_name = 'Åse Ås' where id = $1", [mentor.personId]),
  // Behind a gap of two days: with that much grace it continues the period before.
  "a certification": ({ mentor, organization }) =>
    command("grant_certification", {
      mentor_id: mentor.id,
      certification_type_id: organization.typeId,
      valid_from: day(23),
      expires_on: day(400),
    }),
  "a certification by hand": ({ mentor, organization }) =>
    statement(
      `insert into app_public.certifications
         (organization_id, mentor_id, certification_type_id, valid_from, expires_on)
       values ($1, $2, $3, $4, $5)`,
      [organization.id, mentor.id, organization.typeId, day(23), day(400)],
    ),
  "a contact": ({ assignment }) =>
    command("register_activity", { assignment_id: assignment.id, occurred_on: day(-1) }),
  "days of grace": ({ organization }) =>
    statement(
      "update app_public.organization_settings set grace_days = 5 where organization_id = $1",
      [organization.id],
    ),
  "a required type": ({ courseId }) =>
    statement("update app_public.certification_types set is_required = true where id = $1", [
      courseId,
    ]),
  "a new mentor": ({ organization }) => ({
    personId: null,
    act: async (db) => {
      await aMentor(db, organization);
      return {};
    },
  }),
};

const PAIRS = Object.keys(CHANGES).flatMap((one, index, all) =>
  all.slice(index).map((other) => [one, other] as const),
);

/** What follows from facts by triggers; who is paused for new rules is for the night. */
const DERIVED = new Set(["coverage_follows_certifications", "roster_follows_facts"]);

/** One after the other is what every other test does. */
const AT_ONCE = schedules(2).filter(([first, second]) => first !== second);

describe("C4, V1 two changes at once leave coverage and roster as the facts are", () => {
  test.for(PAIRS)("%s and %s", async ([one, other], { databaseUrl }) => {
    await withSessions(databaseUrl, 2, async (sessions, observer) => {
      for (const schedule of AT_ONCE) {
        const story = await aStory(observer);
        const callers = [CHANGES[one]!(story), CHANGES[other]!(story)];
        const outcomes = await interleave(sessions, observer, callers, schedule);

        const order = schedule.join(" ");
        const refused = outcomes.filter((outcome) => "code" in outcome);
        expect(refused.length, order).toBe(isOnce(one, other) ? 1 : 0);
        const violations = await violationsOf(observer, story.organization.id, TODAY);
        expect(
          violations.filter(({ invariant }) => DERIVED.has(invariant)),
          order,
        ).toEqual([]);
      }
    });
  });
});

/** The same period cannot be granted a second time. */
function isOnce(one: string, other: string): boolean {
  return one.startsWith("a certification") && other.startsWith("a certification");
}
