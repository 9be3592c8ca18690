import { describe, expect } from "vitest";
import {
  type Assignment,
  type Database,
  type Mentor,
  type Organization,
  TODAY,
  aMentor,
  addDays,
  anActivity,
  anAssignment,
  anOrganization,
  insert,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { lastContactOf, refusal, violationsOf } from "../../support/outcomes.ts";

const OPENED = addDays(TODAY, -30);
const day = (days: number) => addDays(TODAY, days);

interface Story {
  organization: Organization;
  mentor: Mentor;
  assignment: Assignment;
}

async function aStory(tx: Database, overrides: { closedOn?: string } = {}): Promise<Story> {
  const organization = await anOrganization(tx);
  const mentor = await aMentor(tx, organization);
  const assignment = await anAssignment(tx, mentor, { openedOn: OPENED, ...overrides });
  return { organization, mentor, assignment };
}

const correct = (tx: Database, { id, mentorId }: Assignment, on: string) =>
  insert(tx, "app_public.last_contact_corrections", {
    assignment_id: id,
    mentor_id: mentorId,
    last_contact_on: on,
    reason: "It was another client",
  });
const move = (tx: Database, activityId: string, to: string) =>
  tx.query("update app_public.activities set occurred_on = $2 where id = $1", [activityId, to]);
const remove = (tx: Database, activityId: string) =>
  tx.query(
    "update app_public.activities set removed_at = now(), removed_by = 'psql' where id = $1",
    [activityId],
  );
const set = (tx: Database, { id }: Assignment, column: string, value: string | null) =>
  tx.query(`update app_public.assignments set ${column} = $2 where id = $1`, [id, value]);

describe("F2 the last contact of a new assignment is", () => {
  const base = async (tx: Database) => {
    const mentor = await aMentor(tx, await anOrganization(tx));
    return {
      organization_id: mentor.organizationId,
      mentor_id: mentor.id,
      assignment_key: "A-1",
      client_reference: "C-1",
      opened_on: OPENED,
    };
  };

  test.for([
    ["its first day", {}, OPENED],
    ["what it was entered with", { entered_contact_on: day(-9) }, day(-9)],
    ["the last contact it was inserted with", { last_contact_on: day(-8) }, day(-8)],
  ] as const)("%s", async ([, values, expected], { tx }) => {
    const row = await insert(tx, "app_public.assignments", { ...(await base(tx)), ...values });

    expect(row).toMatchObject({ last_contact_on: expected, entered_contact_on: expected });
  });

  test("not two things at once: MNCON", async ({ tx }) => {
    const values = { entered_contact_on: day(-9), last_contact_on: day(-8) };
    const row = { ...(await base(tx)), ...values };

    expect(await refusal(tx, () => insert(tx, "app_public.assignments", row))).toMatchObject({
      code: "MNCON",
    });
  });

  test("not a day before its first", async ({ tx }) => {
    const row = { ...(await base(tx)), entered_contact_on: addDays(OPENED, -1) };

    expect(await refusal(tx, () => insert(tx, "app_public.assignments", row))).toMatchObject({
      constraint: "assignments_contact_is_not_before_they_open",
    });
  });
});

describe("F2 the last contact follows rows, whoever writes them", () => {
  test.for(["direct", "proxy", "bulk", "coordinator_proxy"])(
    "%s moves it forward",
    async (kind, { tx }) => {
      const { assignment } = await aStory(tx);

      await anActivity(tx, [assignment], { kind, occurredOn: day(-3) });

      expect(await lastContactOf(tx, assignment)).toBe(day(-3));
    },
  );

  test("an earlier activity moves it nowhere", async ({ tx }) => {
    const { assignment } = await aStory(tx);
    await anActivity(tx, [assignment], { occurredOn: day(-3) });

    await anActivity(tx, [assignment], { occurredOn: day(-10) });

    expect(await lastContactOf(tx, assignment)).toBe(day(-3));
  });

  test("one activity moves every assignment it is linked to, and no other", async ({ tx }) => {
    const { mentor, assignment } = await aStory(tx);
    const second = await anAssignment(tx, mentor);
    const other = await anAssignment(tx, mentor);

    await anActivity(tx, [assignment, second], { occurredOn: TODAY });

    expect(await lastContactOf(tx, assignment)).toBe(TODAY);
    expect(await lastContactOf(tx, second)).toBe(TODAY);
    expect(await lastContactOf(tx, other)).toBe(OPENED);
  });

  test("activity and link may come in one statement, and with them the end", async ({ tx }) => {
    const { assignment } = await aStory(tx);

    await tx.query(
      `with activity as (
         insert into app_public.activities
           (organization_id, mentor_id, kind, occurred_on, registered_by)
         values ($1, $2, 'direct', $4, 'psql')
         returning id
       ),
       closed as (
         update app_public.assignments set closed_on = $4 where id = $3
       )
       insert into app_public.activity_assignments (activity_id, assignment_id, mentor_id)
       select id, $3, $2 from activity`,
      [assignment.organizationId, assignment.mentorId, assignment.id, day(-2)],
    );

    expect(await lastContactOf(tx, assignment)).toBe(day(-2));
  });

  test("who registers is written down, if the row does not say", async ({ tx }) => {
    const { assignment } = await aStory(tx);

    const row = await insert(tx, "app_public.activities", {
      organization_id: assignment.organizationId,
      mentor_id: assignment.mentorId,
      kind: "direct",
      occurred_on: TODAY,
    });

    expect(row["registered_by"]).toMatch(/^database:/);
  });

  test.for<[string, (tx: Database, id: string, assignment: Assignment) => Promise<unknown>]>([
    [
      "an activity deleted",
      (tx, id) => tx.query("delete from app_public.activities where id = $1", [id]),
    ],
    [
      "a link deleted",
      (tx, id) =>
        tx.query("delete from app_public.activity_assignments where activity_id = $1", [id]),
    ],
    ["an activity taken back", (tx, id) => remove(tx, id)],
    ["a correction to the same day", (tx, _id, assignment) => correct(tx, assignment, day(-7))],
    ["an activity moved to an earlier day", (tx, id) => move(tx, id, day(-20))],
  ])("%s recomputes it", async ([, change], { tx }) => {
    const { organization, assignment } = await aStory(tx);
    await anActivity(tx, [assignment], { occurredOn: day(-7) });
    const latest = await anActivity(tx, [assignment], { occurredOn: day(-1) });

    await change(tx, latest, assignment);

    expect(await lastContactOf(tx, assignment)).toBe(day(-7));
    expect(await violationsOf(tx, organization.id, TODAY)).toEqual([]);
  });

  test("an activity moved to a later day moves it, and one put back does", async ({ tx }) => {
    const { assignment } = await aStory(tx);
    const id = await anActivity(tx, [assignment], { occurredOn: day(-7) });

    await move(tx, id, day(-4));
    expect(await lastContactOf(tx, assignment)).toBe(day(-4));

    await remove(tx, id);
    expect(await lastContactOf(tx, assignment)).toBe(OPENED);
    await tx.query("update app_public.activities set removed_at = null, removed_by = null");
    expect(await lastContactOf(tx, assignment)).toBe(day(-4));
  });

  test("another first day, earlier or later, and what was entered", async ({ tx }) => {
    const { assignment } = await aStory(tx);
    await set(tx, assignment, "opened_on", day(-20));
    expect(await lastContactOf(tx, assignment)).toBe(day(-20));

    await set(tx, assignment, "opened_on", day(-40));
    expect(await lastContactOf(tx, assignment)).toBe(OPENED);

    await set(tx, assignment, "entered_contact_on", day(-5));
    expect(await lastContactOf(tx, assignment)).toBe(day(-5));
  });
});

test("F2 a later first day and a later contact may be entered together", async ({ tx }) => {
  const { assignment } = await aStory(tx);

  await tx.query(
    "update app_public.assignments set opened_on = $2, entered_contact_on = $3 where id = $1",
    [assignment.id, day(-20), day(-10)],
  );

  expect(await lastContactOf(tx, assignment)).toBe(day(-10));
});

describe("F2 written by hand it is refused", () => {
  test.for([
    ["forward", day(-1)],
    ["back", day(-29)],
    ["back to the first day", OPENED],
  ] as const)("%s: MNCON", async ([, to], { tx }) => {
    const { assignment } = await aStory(tx);
    await anActivity(tx, [assignment], { occurredOn: day(-3) });

    expect(await refusal(tx, () => set(tx, assignment, "last_contact_on", to))).toMatchObject({
      code: "MNCON",
      table: "assignments",
    });
  });

  test("together with what was entered: MNCON", async ({ tx }) => {
    const { assignment } = await aStory(tx);

    const attempt = () =>
      tx.query(
        "update app_public.assignments set entered_contact_on = $2, last_contact_on = $3 where id = $1",
        [assignment.id, day(-9), day(-8)],
      );

    expect(await refusal(tx, attempt)).toMatchObject({ code: "MNCON" });
  });

  test("unless it is what the facts say", async ({ tx }) => {
    const { assignment } = await aStory(tx);

    await tx.query(
      "update app_public.assignments set entered_contact_on = $2, last_contact_on = $2 where id = $1",
      [assignment.id, day(-9)],
    );

    expect(await lastContactOf(tx, assignment)).toBe(day(-9));
  });
});

describe("F2 an impossible day is refused, whoever writes the row: MNDAT", () => {
  const CLOSED = day(-10);

  test.for<[string, { occurredOn: string; closedOn?: string }]>([
    ["tomorrow", { occurredOn: day(1) }],
    ["before the assignment was opened", { occurredOn: addDays(OPENED, -1) }],
    ["after it was closed", { occurredOn: addDays(CLOSED, 1), closedOn: CLOSED }],
  ])("an activity %s", async ([, { occurredOn, closedOn }], { tx }) => {
    const { assignment } = await aStory(tx, closedOn === undefined ? {} : { closedOn });

    expect(await refusal(tx, () => anActivity(tx, [assignment], { occurredOn }))).toMatchObject({
      code: "MNDAT",
    });
    expect(await lastContactOf(tx, assignment)).toBe(OPENED);
  });

  test.for([
    ["tomorrow", day(1)],
    ["before the assignment was opened", addDays(OPENED, -1)],
    ["after it was closed", addDays(CLOSED, 1)],
  ] as const)("an activity moved, and a correction, %s", async ([, to], { tx }) => {
    const { assignment } = await aStory(tx, { closedOn: CLOSED });
    const id = await anActivity(tx, [assignment], { occurredOn: CLOSED });

    expect(await refusal(tx, () => move(tx, id, to))).toMatchObject({ code: "MNDAT" });
    expect(await refusal(tx, () => correct(tx, assignment, to))).toMatchObject({ code: "MNDAT" });
  });

  test("an activity without an assignment, tomorrow", async ({ tx }) => {
    const { mentor } = await aStory(tx);

    const attempt = () =>
      insert(tx, "app_public.activities", {
        organization_id: mentor.organizationId,
        mentor_id: mentor.id,
        kind: "direct",
        occurred_on: day(1),
      });

    expect(await refusal(tx, attempt)).toMatchObject({ code: "MNDAT" });
  });

  test("an activity put back after the assignment was closed before it", async ({ tx }) => {
    const { assignment } = await aStory(tx);
    const id = await anActivity(tx, [assignment], { occurredOn: day(-2) });
    await remove(tx, id);
    await set(tx, assignment, "closed_on", CLOSED);

    const attempt = () =>
      tx.query("update app_public.activities set removed_at = null, removed_by = null");

    expect(await refusal(tx, attempt)).toMatchObject({ code: "MNDAT" });
  });

  test("the first and the last day themselves are possible", async ({ tx }) => {
    const { assignment } = await aStory(tx, { closedOn: TODAY });

    await anActivity(tx, [assignment], { occurredOn: OPENED });
    await anActivity(tx, [assignment], { occurredOn: TODAY });

    expect(await lastContactOf(tx, assignment)).toBe(TODAY);
  });

  test("today is the organisation's, not the server's", async ({ tx }) => {
    const organization = await anOrganization(tx, { timeZone: "Pacific/Kiritimati" });
    const assignment = await anAssignment(tx, await aMentor(tx, organization));

    await anActivity(tx, [assignment], { occurredOn: day(1) });

    expect(await lastContactOf(tx, assignment)).toBe(day(1));
  });

  test("a first day after an activity, a last day before one or before the correction", async ({
    tx,
  }) => {
    const { assignment } = await aStory(tx);
    await anActivity(tx, [assignment], { occurredOn: day(-9) });
    expect(await refusal(tx, () => set(tx, assignment, "opened_on", day(-8)))).toMatchObject({
      code: "MNDAT",
    });
    expect(await refusal(tx, () => set(tx, assignment, "closed_on", day(-10)))).toMatchObject({
      code: "MNDAT",
    });

    await correct(tx, assignment, day(-5));
    expect(await refusal(tx, () => set(tx, assignment, "closed_on", day(-6)))).toMatchObject({
      code: "MNDAT",
    });
    await set(tx, assignment, "closed_on", day(-5));
  });

  test("what was entered, after the assignment was closed", async ({ tx }) => {
    const { assignment } = await aStory(tx, { closedOn: CLOSED });

    expect(
      await refusal(tx, () => set(tx, assignment, "entered_contact_on", day(-9))),
    ).toMatchObject({ code: "MNDAT" });
  });
});

describe("F3 a correction", () => {
  test("takes out what was known, and lets what comes later count", async ({ tx }) => {
    const { organization, assignment } = await aStory(tx);
    await anActivity(tx, [assignment], { occurredOn: day(-3) });
    await correct(tx, assignment, day(-20));
    expect(await lastContactOf(tx, assignment)).toBe(day(-20));

    await anActivity(tx, [assignment], { occurredOn: day(-10) });
    expect(await lastContactOf(tx, assignment)).toBe(day(-10));

    await anActivity(tx, [assignment], { occurredOn: day(-15) });
    expect(await lastContactOf(tx, assignment)).toBe(day(-10));
    expect(await violationsOf(tx, organization.id, TODAY)).toEqual([]);
  });

  test("counts for its own assignment only", async ({ tx }) => {
    const { mentor, assignment } = await aStory(tx);
    const other = await anAssignment(tx, mentor);
    await correct(tx, other, day(-15));
    await anActivity(tx, [assignment, other], { occurredOn: day(-3) });

    await correct(tx, assignment, day(-20));

    expect(await lastContactOf(tx, other)).toBe(day(-3));
  });

  test("stands when an activity that it took out is taken back or deleted", async ({ tx }) => {
    const { assignment } = await aStory(tx);
    const first = await anActivity(tx, [assignment], { occurredOn: day(-3) });
    const second = await anActivity(tx, [assignment], { occurredOn: day(-2) });
    await correct(tx, assignment, day(-20));

    await remove(tx, first);
    await tx.query("delete from app_public.activities where id = $1", [second]);

    expect(await lastContactOf(tx, assignment)).toBe(day(-20));
  });

  test("gives way to an activity that is moved to another day afterwards", async ({ tx }) => {
    const { assignment } = await aStory(tx);
    const id = await anActivity(tx, [assignment], { occurredOn: day(-3) });
    await correct(tx, assignment, day(-20));

    await move(tx, id, day(-12));

    expect(await lastContactOf(tx, assignment)).toBe(day(-12));
  });

  test("stands against what had been entered, and gives way to what is entered later", async ({
    tx,
  }) => {
    const { assignment } = await aStory(tx);
    await set(tx, assignment, "entered_contact_on", day(-5));
    await correct(tx, assignment, day(-20));
    expect(await lastContactOf(tx, assignment)).toBe(day(-20));

    await set(tx, assignment, "entered_contact_on", day(-4));

    expect(await lastContactOf(tx, assignment)).toBe(day(-4));
  });

  test("is corrected by the next one", async ({ tx }) => {
    const { assignment } = await aStory(tx);
    await correct(tx, assignment, day(-3));
    await anActivity(tx, [assignment], { occurredOn: day(-2) });

    await correct(tx, assignment, day(-8));

    expect(await lastContactOf(tx, assignment)).toBe(day(-8));
  });

  test("says what it corrected, when and by whom, whatever the row says", async ({ tx }) => {
    const { assignment } = await aStory(tx);
    await anActivity(tx, [assignment], { occurredOn: day(-3) });

    const row = await insert(tx, "app_public.last_contact_corrections", {
      assignment_id: assignment.id,
      mentor_id: assignment.mentorId,
      last_contact_on: day(-20),
      previous_contact_on: day(-1),
      entered_contact_on: day(-1),
      corrected_by: "somebody else",
      corrected_at: "2000-01-01",
      reason: "It was another client",
    });

    expect(row).toMatchObject({
      previous_contact_on: day(-3),
      entered_contact_on: OPENED,
      corrected_by: expect.stringMatching(/^database:/),
      corrected_at: new Date(`${TODAY}T11:00:00Z`),
    });
  });
});

test("F3 the correction that is entered last holds, whatever key its row asks for", async ({
  tx,
}) => {
  const { assignment } = await aStory(tx);
  await correct(tx, assignment, day(-3));

  await tx.query(
    `insert into app_public.last_contact_corrections
       (id, assignment_id, mentor_id, last_contact_on, reason)
     overriding system value
     values (-1, $1, $2, $3, 'Another client')`,
    [assignment.id, assignment.mentorId, day(-8)],
  );

  expect(await lastContactOf(tx, assignment)).toBe(day(-8));
});

describe("F3 history is append-only", () => {
  test.for([
    ["a correction edited", "update app_public.last_contact_corrections set reason = 'Another'"],
    ["a correction deleted", "delete from app_public.last_contact_corrections"],
    ["the corrections emptied", "truncate app_public.last_contact_corrections cascade"],
    ["an assignment deleted", "delete from app_public.assignments"],
    ["the activities emptied", "truncate app_public.activities cascade"],
    ["the links emptied", "truncate app_public.activity_assignments"],
  ] as const)("%s: MNAPP", async ([, statement], { tx }) => {
    const { assignment } = await aStory(tx);
    await correct(tx, assignment, day(-3));

    expect(await refusal(tx, () => tx.query(statement))).toMatchObject({ code: "MNAPP" });
  });

  test("a link given to another assignment or activity: MNAPP", async ({ tx }) => {
    const { mentor, assignment } = await aStory(tx);
    const other = await anAssignment(tx, mentor);
    await anActivity(tx, [assignment]);
    const second = await anActivity(tx, [other]);

    for (const change of [`assignment_id = '${other.id}'`, `activity_id = '${second}'`]) {
      const attempt = () =>
        tx.query(`update app_public.activity_assignments set ${change} where assignment_id = $1`, [
          assignment.id,
        ]);
      expect(await refusal(tx, attempt), change).toMatchObject({ code: "MNAPP" });
    }
  });

  test("a contact taken out by a correction of another assignment: MNCON", async ({ tx }) => {
    const { mentor, assignment } = await aStory(tx);
    const other = await anAssignment(tx, mentor);
    const { id } = await correct(tx, other, day(-3));
    const activityId = await anActivity(tx, [assignment]);

    const update = () =>
      tx.query("update app_public.activity_assignments set correction_id = $1", [id]);
    const link = () =>
      insert(tx, "app_public.activity_assignments", {
        activity_id: activityId,
        assignment_id: other.id,
        mentor_id: mentor.id,
        correction_id: id,
      });

    expect(await refusal(tx, update)).toMatchObject({ code: "MNCON" });
    expect(await refusal(tx, link)).toBeUndefined();
  });
});
