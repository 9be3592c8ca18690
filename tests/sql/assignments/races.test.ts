import { randomUUID } from "node:crypto";
import { describe, expect } from "vitest";
import {
  type Assignment,
  type Database,
  type Mentor,
  TODAY,
  aMentor,
  addDays,
  anActivity,
  anAssignment,
  anOrganization,
  transaction,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { call, lastContactOf, violationsOf } from "../../support/outcomes.ts";
import {
  type Caller,
  type Outcome,
  interleave,
  schedules,
  withSessions,
} from "../../support/sessions.ts";

const day = (days: number) => addDays(TODAY, days);

interface Story {
  mentor: Mentor;
  assignment: Assignment;
  other: Assignment;
  activityId: string;
}

/** Two assignments of a mentor, the first with an activity seven days ago. */
const aStory = (db: Database): Promise<Story> =>
  transaction(db, async () => {
    const mentor = await aMentor(db, await anOrganization(db));
    const assignment = await anAssignment(db, mentor);
    const other = await anAssignment(db, mentor);
    const activityId = await anActivity(db, [assignment], { occurredOn: day(-7) });
    return { mentor, assignment, other, activityId };
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
const register = ({ assignment }: Story, on: string): Caller =>
  command("register_activity", { assignment_id: assignment.id, occurred_on: on });
const correct = ({ assignment }: Story, on: string): Caller =>
  command("correct_last_contact", {
    assignment_id: assignment.id,
    last_contact_on: on,
    reason: "Another client",
  });
/** The same as rows, which no command has locked anything for. */
const registerRows = ({ assignment, mentor }: Story, on: string): Caller =>
  statement(
    `with activity as (
       insert into app_public.activities (organization_id, mentor_id, kind, occurred_on)
       values ($1, $2, 'direct', $4)
       returning id
     )
     insert into app_public.activity_assignments (activity_id, assignment_id, mentor_id)
     select id, $3, $2 from activity`,
    [mentor.organizationId, mentor.id, assignment.id, on],
  );
const correctRows = ({ assignment, mentor }: Story, on: string): Caller =>
  statement(
    `insert into app_public.last_contact_corrections
       (assignment_id, mentor_id, last_contact_on, reason)
     values ($1, $2, $3, 'Another client')`,
    [assignment.id, mentor.id, on],
  );
const BY_HAND_OR_BY_COMMAND = [
  ["by command", register, correct],
  ["by hand", registerRows, correctRows],
  ["by either", register, correctRows],
  ["by either, the other way round", registerRows, correct],
] as const;
const bulk = (ids: string[], on: string): Caller =>
  command("register_activities", {
    activities: `{${ids.map((id) => `"(${id},${on},)"`).join(",")}}`,
  });
const hold = (assignmentId: string): Caller =>
  statement("select from app_public.assignments where id = $1 for no key update", [assignmentId]);
const move = ({ activityId }: Story, to: string): Caller =>
  statement("update app_public.activities set occurred_on = $2 where id = $1", [activityId, to]);
const link = ({ activityId, other, mentor }: Story): Caller =>
  statement(
    `insert into app_public.activity_assignments (activity_id, assignment_id, mentor_id)
     values ($1, $2, $3)`,
    [activityId, other.id, mentor.id],
  );
const remove = ({ activityId }: Story): Caller =>
  command("remove_activity", { activity_id: activityId });
const destroy = ({ activityId }: Story): Caller =>
  statement("delete from app_public.activities where id = $1", [activityId]);
const enter = ({ assignment }: Story, on: string): Caller =>
  statement("update app_public.assignments set entered_contact_on = $2 where id = $1", [
    assignment.id,
    on,
  ]);

const codes = (outcomes: Outcome[]) =>
  outcomes.map((outcome) => ("row" in outcome ? "ok" : outcome.code));

type Ending = (
  story: Story,
  outcomes: string[],
  db: Database,
  order: string,
  first: number,
) => Promise<void>;

/** Plays two callers in every order; nothing contradicts the facts at any end. */
async function inEveryOrder(
  url: string,
  callersOf: (story: Story) => [Caller, Caller],
  ending: Ending,
): Promise<void> {
  await withSessions(url, 2, async (sessions, observer) => {
    for (const schedule of schedules(2)) {
      const story = await aStory(observer);
      const outcomes = codes(await interleave(sessions, observer, callersOf(story), schedule));
      const order = schedule.join(" ");
      await ending(story, outcomes, observer, order, schedule[0]!);
      expect(await violationsOf(observer, story.mentor.organizationId, TODAY), order).toEqual([]);
    }
  });
}

const OK = ["ok", "ok"];

describe("F2 at once, in all orders", () => {
  test.for(BY_HAND_OR_BY_COMMAND)(
    "two activities, %s: the later day holds",
    async ([, one], { fresh }) => {
      await inEveryOrder(
        await fresh(),
        (story) => [one(story, day(-1)), registerRows(story, day(-3))],
        async ({ assignment }, outcomes, db, order) => {
          expect(outcomes, order).toEqual(OK);
          expect(await lastContactOf(db, assignment), order).toBe(day(-1));
        },
      );
    },
  );

  test.for(BY_HAND_OR_BY_COMMAND)(
    "a correction and an activity, %s: the activity counts if it came second",
    async ([, registering, correcting], { fresh }) => {
      await inEveryOrder(
        await fresh(),
        (story) => [correcting(story, day(-20)), registering(story, day(-1))],
        async ({ assignment }, outcomes, db, order, first) => {
          expect(outcomes, order).toEqual(OK);
          expect(await lastContactOf(db, assignment), order).toBe(first === 0 ? day(-1) : day(-20));
        },
      );
    },
  );

  test.for(BY_HAND_OR_BY_COMMAND)(
    "two corrections, %s: the second holds and knows the first",
    async ([, , correcting], { fresh }) => {
      await inEveryOrder(
        await fresh(),
        (story) => [correcting(story, day(-20)), correctRows(story, day(-10))],
        async ({ assignment }, outcomes, db, order, first) => {
          expect(outcomes, order).toEqual(OK);
          expect(await lastContactOf(db, assignment), order).toBe(
            first === 0 ? day(-10) : day(-20),
          );
          const { rows } = await db.query(
            `select c.previous_contact_on, c.last_contact_on
             from app_public.last_contact_corrections as c
             where c.assignment_id = $1
             order by c.id`,
            [assignment.id],
          );
          expect(rows[1]?.previous_contact_on, order).toBe(rows[0]?.last_contact_on);
        },
      );
    },
  );

  test("a correction and an import that knows more: what was entered second holds", async ({
    fresh,
  }) => {
    await inEveryOrder(
      await fresh(),
      (story) => [correct(story, day(-20)), enter(story, day(-2))],
      async ({ assignment }, outcomes, db, order, first) => {
        expect(outcomes, order).toEqual(OK);
        expect(await lastContactOf(db, assignment), order).toBe(first === 0 ? day(-2) : day(-20));
      },
    );
  });

  test("a correction and an activity that is moved: it counts if it was moved second", async ({
    fresh,
  }) => {
    await inEveryOrder(
      await fresh(),
      (story) => [correct(story, day(-20)), move(story, day(-2))],
      async ({ assignment }, outcomes, db, order, first) => {
        expect(outcomes, order).toEqual(OK);
        expect(await lastContactOf(db, assignment), order).toBe(first === 0 ? day(-2) : day(-20));
      },
    );
  });

  test.for([
    ["taken back", remove],
    ["deleted", destroy],
  ] as const)(
    "a correction and an activity that is %s do not block each other",
    async ([, end], { fresh }) => {
      await inEveryOrder(
        await fresh(),
        (story) => [correct(story, day(-20)), end(story)],
        async ({ assignment }, outcomes, db, order) => {
          expect(outcomes, order).toEqual(OK);
          expect(await lastContactOf(db, assignment), order).toBe(day(-20));
        },
      );
    },
  );

  test("an activity that is moved and linked to one more assignment: both see its new day", async ({
    fresh,
  }) => {
    await inEveryOrder(
      await fresh(),
      (story) => [move(story, day(-2)), link(story)],
      async ({ assignment, other }, outcomes, db, order) => {
        expect(outcomes, order).toEqual(OK);
        expect(await lastContactOf(db, assignment), order).toBe(day(-2));
        expect(await lastContactOf(db, other), order).toBe(day(-2));
      },
    );
  });

  test("an assignment that is closed and a contact after it: the second is refused", async ({
    fresh,
  }) => {
    await inEveryOrder(
      await fresh(),
      (story) => [
        command("close_assignment", { assignment_id: story.assignment.id, closed_on: day(-5) }),
        register(story, day(-1)),
      ],
      async (_story, outcomes, _db, order, first) => {
        expect(outcomes, order).toEqual(first === 0 ? ["ok", "MNDAT"] : ["MNDAT", "ok"]);
      },
    );
  });

  test("an assignment that is closed and rows after it, by hand: the second is refused", async ({
    fresh,
  }) => {
    await inEveryOrder(
      await fresh(),
      (story) => [
        statement("update app_public.assignments set closed_on = $2 where id = $1", [
          story.other.id,
          day(-9),
        ]),
        link(story),
      ],
      async (_story, outcomes, _db, order, first) => {
        expect(outcomes, order).toEqual(first === 0 ? ["ok", "MNDAT"] : ["MNDAT", "ok"]);
      },
    );
  });

  test("a mentor who retires and an assignment that is opened: not after retiring", async ({
    fresh,
  }) => {
    await inEveryOrder(
      await fresh(),
      ({ mentor }) => [
        command("retire_mentor", { mentor_id: mentor.id, reason: "Moves" }),
        command("open_assignment", {
          mentor_id: mentor.id,
          assignment_key: "A-1",
          client_reference: "C-1",
        }),
      ],
      async (_story, outcomes, _db, order, first) => {
        expect(outcomes, order).toEqual(first === 0 ? ["ok", "MNTRA"] : OK);
      },
    );
  });

  test("the same request twice: one activity", async ({ fresh }) => {
    await inEveryOrder(
      await fresh(),
      ({ other }) => {
        const args = { assignment_id: other.id, request_id: randomUUID() };
        return [command("register_activity", args), command("register_activity", args)];
      },
      async ({ other }, outcomes, db, order) => {
        expect(outcomes, order).toEqual(OK);
        const { rows } = await db.query(
          "select from app_public.activity_assignments where assignment_id = $1",
          [other.id],
        );
        expect(rows, order).toHaveLength(1);
      },
    );
  });
});

describe("F2 queueing for an assignment", () => {
  test("two calls for the same ones in opposite order wait, and do not deadlock", async ({
    fresh,
  }) => {
    await withSessions(await fresh(), 3, async (sessions, observer) => {
      const { mentor } = await aStory(observer);
      const made = await transaction(observer, async () => [
        await anAssignment(observer, mentor),
        await anAssignment(observer, mentor),
        await anAssignment(observer, mentor),
      ]);
      const ids = made.map(({ id }) => id).toSorted();

      const outcomes = await interleave(
        sessions,
        observer,
        [hold(ids[1]!), bulk(ids, day(-2)), bulk(ids.toReversed(), day(-1))],
        [0, 1, 2, 0, 1, 2],
      );

      expect(codes(outcomes)).toEqual(["ok", "ok", "ok"]);
      for (const assignment of made) {
        expect(await lastContactOf(observer, assignment)).toBe(day(-1));
      }
    });
  });

  test("who deletes an activity does not hold what a correction before them needs", async ({
    fresh,
  }) => {
    await withSessions(await fresh(), 3, async (sessions, observer) => {
      const story = await aStory(observer);

      const outcomes = await interleave(
        sessions,
        observer,
        [hold(story.assignment.id), correct(story, day(-20)), destroy(story)],
        [0, 1, 2, 0, 1, 2],
      );

      expect(codes(outcomes)).toEqual(["ok", "ok", "ok"]);
      expect(await lastContactOf(observer, story.assignment)).toBe(day(-20));
    });
  });

  test("who finds it closed afterwards is told which item was meant", async ({ fresh }) => {
    await withSessions(await fresh(), 2, async (sessions, observer) => {
      const { assignment, other } = await aStory(observer);
      let said = "";
      const registering: Caller = {
        personId: null,
        act: (db) =>
          bulk([other.id, assignment.id], day(-1))
            .act(db)
            .catch((error: unknown) => {
              said = String(error);
              throw error;
            }),
      };

      await interleave(
        sessions,
        observer,
        [
          command("close_assignment", { assignment_id: assignment.id, closed_on: day(-5) }),
          registering,
        ],
        [0, 1, 0, 1],
      );

      expect(said).toMatch(/Item 2: .* lies after the assignment was closed/);
    });
  });
});
