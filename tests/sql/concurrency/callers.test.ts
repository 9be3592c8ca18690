import { randomUUID } from "node:crypto";
import { describe, expect } from "vitest";
import {
  type Database,
  type Mentor,
  type Organization,
  TODAY,
  aCoordinator,
  aMentor,
  addDays,
  anOrganization,
  transaction,
  type MentorOverrides,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import {
  call,
  journalOf,
  mentorNow,
  openPausesOf,
  pausesOf,
  toldAbout,
  violationsOf,
} from "../../support/outcomes.ts";
import {
  type Caller,
  type Outcome,
  interleave,
  schedules,
  withSessions,
} from "../../support/sessions.ts";

interface Story {
  organization: Organization;
  mentor: Mentor;
  coordinatorId: string;
  version: number;
}

const aStory = (db: Database, overrides: MentorOverrides = {}): Promise<Story> =>
  transaction(db, async () => {
    const organization = await anOrganization(db);
    const mentor = await aMentor(db, organization, overrides);
    const coordinatorId = await aCoordinator(db, mentor);
    const { version } = await mentorNow(db, mentor.id);
    return { organization, mentor, coordinatorId, version };
  });

const command = (
  name: string,
  args: Record<string, unknown>,
  personId: string | null = null,
): Caller => ({ personId, act: (db) => call(db, name, args) });

const pauseBy = (story: Story, personId: string, version?: number): Caller =>
  command(
    "pause_mentor",
    {
      mentor_id: story.mentor.id,
      reason: "Rest",
      ...(version !== undefined && { expected_version: version }),
    },
    personId,
  );

const night = ({ organization }: Story): Caller =>
  command("run_nightly", { organization_id: organization.id, run_on: TODAY });

const codes = (outcomes: Outcome[]) =>
  outcomes.map((outcome) => ("row" in outcome ? "ok" : outcome.code));

/** The journal is gapless, the deferred checks held at commit, and nothing contradicts anything. */
async function expectHealth(db: Database, { organization, mentor }: Story): Promise<void> {
  const versions = (await journalOf(db, mentor.id)).map(({ version }) => version);
  expect(versions).toEqual(versions.map((_, index) => index + 1));
  expect(await violationsOf(db, organization.id, TODAY)).toEqual([]);
}

/** Plays the story in every order and looks at each ending. */
async function inEveryOrder(
  url: string,
  overrides: MentorOverrides,
  callersOf: (story: Story) => [Caller, Caller, Caller?],
  ending: (outcomes: Outcome[], story: Story, db: Database, order: string) => Promise<void>,
): Promise<void> {
  await withSessions(url, 3, async (sessions, observer) => {
    const { length } = callersOf(await aStory(observer, overrides));
    for (const schedule of schedules(length)) {
      const story = await aStory(observer, overrides);
      const callers = callersOf(story).filter((caller) => caller !== undefined);
      const outcomes = await interleave(sessions, observer, callers, schedule);
      await ending(outcomes, story, observer, schedule.join(" "));
      await expectHealth(observer, story);
    }
  });
}

const YESTERDAY = addDays(TODAY, -1);

describe("S1 of the mentor, a coordinator and the night, in all 90 orders", () => {
  test("one person's pause is opened, the other learns MNAPA, the night opens its own", async ({
    fresh,
  }) => {
    await inEveryOrder(
      await fresh(),
      { expiresOn: YESTERDAY },
      (story) => [
        pauseBy(story, story.mentor.personId),
        pauseBy(story, story.coordinatorId),
        night(story),
      ],
      async (outcomes, { mentor, version }, db, order) => {
        const [self, coordinator, nightly] = codes(outcomes);
        expect([self, coordinator], order).toContain("ok");
        expect([self, coordinator], order).toContain("MNAPA");
        expect(nightly, order).toBe("ok");
        expect((await openPausesOf(db, mentor.id)).toSorted(), order).toEqual(
          ["certification", self === "ok" ? "self" : "coordinator"].toSorted(),
        );
        expect(await mentorNow(db, mentor.id), order).toMatchObject({
          status: "paused",
          version: version + 2,
        });
        expect((await journalOf(db, mentor.id)).slice(-2).map(({ event }) => event)).toEqual([
          "paused",
          "paused",
        ]);
      },
    );
  }, 60_000);

  test("who expects a version that is gone learns MNVER, and nobody is told twice", async ({
    fresh,
  }) => {
    await inEveryOrder(
      await fresh(),
      { expiresOn: YESTERDAY },
      (story) => [
        pauseBy(story, story.mentor.personId, story.version),
        pauseBy(story, story.coordinatorId, story.version),
        night(story),
      ],
      async (outcomes, { mentor, version }, db, order) => {
        const [self, coordinator, nightly] = codes(outcomes);
        const winners = [self, coordinator].filter((code) => code === "ok").length;
        const first = (await journalOf(db, mentor.id)).find((row) => row.version === version + 1);

        expect(nightly, order).toBe("ok");
        expect(winners, order).toBe(first?.cause === "certification" ? 0 : 1);
        expect(
          [self, coordinator].filter((code) => code === "MNVER"),
          order,
        ).toHaveLength(2 - winners);
        const told = await toldAbout(db, mentor.id);
        expect(told, order).toHaveLength(2 + winners);
      },
    );
  }, 60_000);
});

describe("S1 of two callers, in all orders", () => {
  const cases: {
    what: string;
    overrides?: MentorOverrides;
    callers: (story: Story) => [Caller, Caller];
    outcomes: string[];
  }[] = [
    {
      what: "who resume, one does and the other learns MNNPA",
      overrides: { status: "paused" },
      callers: ({ mentor, coordinatorId }) => [
        command("resume_mentor", { mentor_id: mentor.id }, mentor.personId),
        command("resume_mentor", { mentor_id: mentor.id }, coordinatorId),
      ],
      outcomes: ["MNNPA", "ok"],
    },
    {
      what: "who retire, one does and the other learns MNTRA",
      callers: ({ mentor }) => [
        command("retire_mentor", { mentor_id: mentor.id, reason: "Moves" }),
        command("retire_mentor", { mentor_id: mentor.id, reason: "Moves too" }),
      ],
      outcomes: ["MNTRA", "ok"],
    },
    {
      what: "who re-enrol, one does and the other learns MNTRA",
      overrides: { status: "retired" },
      callers: ({ mentor }) => [
        command("reenroll_mentor", { mentor_id: mentor.id }),
        command("reenroll_mentor", { mentor_id: mentor.id }),
      ],
      outcomes: ["MNTRA", "ok"],
    },
    {
      what: "who revoke, one does and the other learns MNTRA",
      callers: ({ mentor }) => {
        const args = { certification_id: mentor.certificationId, reason: "Forged" };
        return [command("revoke_certification", args), command("revoke_certification", args)];
      },
      outcomes: ["MNTRA", "ok"],
    },
    {
      what: "who grant overlapping periods, one does and the other learns MNDAT",
      overrides: { status: "pending" },
      callers: ({ mentor, organization }) => {
        const args = {
          mentor_id: mentor.id,
          certification_type_id: organization.typeId,
          valid_from: TODAY,
          expires_on: addDays(TODAY, 10),
        };
        return [command("grant_certification", args), command("grant_certification", args)];
      },
      outcomes: ["MNDAT", "ok"],
    },
    {
      what: "who expect the same version, one wins and the other learns MNVER",
      callers: (story) => [
        command("retire_mentor", {
          mentor_id: story.mentor.id,
          reason: "Moves",
          expected_version: story.version,
        }),
        pauseBy(story, story.coordinatorId, story.version),
      ],
      outcomes: ["MNVER", "ok"],
    },
  ];

  test.for(cases)("$what", async ({ overrides = {}, callers, outcomes: expected }, { fresh }) => {
    await inEveryOrder(await fresh(), overrides, callers, async (outcomes, _story, _db, order) => {
      expect(codes(outcomes).toSorted(), order).toEqual(expected);
    });
  });

  test("with the same request, there is one effect and both get the same answer", async ({
    fresh,
  }) => {
    await inEveryOrder(
      await fresh(),
      {},
      ({ mentor, coordinatorId }) => {
        const args = { mentor_id: mentor.id, reason: "Rest", request_id: randomUUID() };
        return [
          command("pause_mentor", args, coordinatorId),
          command("pause_mentor", args, coordinatorId),
        ];
      },
      async (outcomes, { mentor }, db, order) => {
        expect(codes(outcomes), order).toEqual(["ok", "ok"]);
        expect(outcomes[1], order).toEqual(outcomes[0]);
        expect(await pausesOf(db, mentor.id), order).toHaveLength(1);
      },
    );
  });

  test("who start the night, one runs it and the other learns MNRUN or finds it done", async ({
    fresh,
  }) => {
    await inEveryOrder(
      await fresh(),
      { expiresOn: YESTERDAY },
      (story) => [night(story), night(story)],
      async (outcomes, { mentor }, db, order) => {
        const isOverlapping = new Set(order.split(" ").slice(0, 2)).size === 2;
        expect(codes(outcomes).toSorted(), order).toEqual([isOverlapping ? "MNRUN" : "ok", "ok"]);
        expect(await pausesOf(db, mentor.id), order).toHaveLength(1);
        expect(await toldAbout(db, mentor.id), order).toHaveLength(2);
      },
    );
  });

  test("the night never pauses for what was renewed while it waited", async ({ fresh }) => {
    await inEveryOrder(
      await fresh(),
      { expiresOn: YESTERDAY },
      (story) => [
        command("grant_certification", {
          mentor_id: story.mentor.id,
          certification_type_id: story.organization.typeId,
          valid_from: TODAY,
          expires_on: addDays(TODAY, 700),
        }),
        night(story),
      ],
      async (outcomes, { mentor }, db, order) => {
        expect(codes(outcomes), order).toEqual(["ok", "ok"]);
        expect(await openPausesOf(db, mentor.id), order).toEqual([]);
        expect(await pausesOf(db, mentor.id), order).toHaveLength(order.startsWith("1") ? 1 : 0);
        expect((await mentorNow(db, mentor.id)).status, order).toBe("active");
      },
    );
  });
});
