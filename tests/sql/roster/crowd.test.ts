import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { expect } from "vitest";
import {
  type Assignment,
  type Database,
  type Mentor,
  type Organization,
  TODAY,
  aChapter,
  aMentor,
  addDays,
  anAssignment,
  anOrganization,
  transaction,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { call, violationsOf } from "../../support/outcomes.ts";
import { withSessions } from "../../support/sessions.ts";
import { importFile } from "../../../worker/import/import.ts";

const CALLERS = 6;
const STEPS_PER_CALLER = 30;
const MENTORS = 8;

interface Stage {
  url: string;
  folder: string;
  organization: Organization;
  chapterIds: string[];
  typeIds: string[];
  mentors: Mentor[];
  assignments: Assignment[];
}

/** A small generator of pseudo-random numbers, so that a seed names the same steps again. */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed * 7919 + 1;
  }

  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * limit);
  }

  of<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }

  day(from: number, to: number): string {
    return addDays(TODAY, from + this.below(to - from));
  }
}

type Step = (db: Database, stage: Stage, dice: Dice) => Promise<unknown>;

/** Each is a transaction; a command that is refused because of what others did is no fault. */
const STEPS: Step[] = [
  (db, { mentors, typeIds }, dice) => {
    const from = dice.below(90) - 60;
    return call(db, "grant_certification", {
      mentor_id: dice.of(mentors).id,
      certification_type_id: dice.of(typeIds),
      valid_from: addDays(TODAY, from),
      expires_on: addDays(TODAY, from + 5 + dice.below(80)),
    });
  },
  async (db, { mentors }, dice) => {
    const { rows } = await db.query<{ id: string }>(
      `select id from app_public.certifications
       where mentor_id = $1 and revoked_at is null order by valid_from`,
      [dice.of(mentors).id],
    );
    if (rows.length === 0) return;
    await call(db, "revoke_certification", {
      certification_id: dice.of(rows).id,
      reason: "Mistake",
    });
  },
  (db, { mentors }, dice) =>
    db.query("update app_public.people set full_name = $2 where id = any ($1)", [
      [dice.of(mentors).personId, dice.of(mentors).personId],
      `Åse ${dice.below(1000)}`,
    ]),
  (db, { mentors, chapterIds }, dice) =>
    db.query("update app_public.mentors set chapter_id = $2 where id = $1", [
      dice.of(mentors).id,
      dice.of(chapterIds),
    ]),
  (db, { assignments }, dice) =>
    call(db, "correct_last_contact", {
      assignment_id: dice.of(assignments).id,
      last_contact_on: dice.day(-29, 1),
      reason: "Mistake",
    }),
  (db, { assignments }, dice) =>
    call(db, "register_activity", {
      assignment_id: dice.of(assignments).id,
      occurred_on: dice.day(-29, 1),
    }),
  (db, { mentors }, dice) =>
    call(db, "open_assignment", {
      mentor_id: dice.of(mentors).id,
      assignment_key: randomUUID(),
      client_reference: "client",
      opened_on: dice.day(-90, 1),
    }),
  (db, { assignments }, dice) =>
    call(db, "close_assignment", { assignment_id: dice.of(assignments).id, closed_on: TODAY }),
  (db, { mentors }, dice) =>
    call(db, dice.of(["pause_mentor", "retire_mentor"]), {
      mentor_id: dice.of(mentors).id,
      reason: "Rest",
    }),
  (db, { mentors }, dice) =>
    call(db, dice.of(["resume_mentor", "reenroll_mentor"]), { mentor_id: dice.of(mentors).id }),
  (db, { organization }, dice) =>
    call(db, "update_organization_settings", {
      organization_id: organization.id,
      grace_days: dice.below(10),
    }),
  (db, { typeIds }, dice) =>
    db.query("update app_public.certification_types set is_required = $2 where id = $1", [
      typeIds[1],
      dice.of([true, false]),
    ]),
  (db, { organization }) => db.query("select app_private.advance_roster($1)", [organization.id]),
  (db, { organization }) =>
    call(db, "run_nightly", { organization_id: organization.id, run_on: TODAY }),
];

/** Half of the mentors under new names, with a renewal, in an order of its own; and a new one. */
async function importMentors(stage: Stage, dice: Dice): Promise<void> {
  const lines = [
    "mentor_key,email,full_name,chapter,portal_consent,certification_type,valid_from,expires_on",
  ];
  const known = stage.mentors.filter(() => dice.below(2) === 0);
  if (dice.below(2) === 0) known.reverse();
  for (const { mentorKey } of [...known, { mentorKey: randomUUID() }]) {
    const from = dice.below(90) - 60;
    lines.push(
      [
        mentorKey,
        `${mentorKey}@example.org`,
        `Øyvind ${dice.below(1000)}`,
        `Chapter ${dice.below(2)}`,
        "yes",
        "First",
        addDays(TODAY, from),
        addDays(TODAY, from + 5 + dice.below(80)),
      ].join(","),
    );
  }
  const file = join(stage.folder, `${randomUUID()}.csv`);
  await writeFile(file, lines.join("\n"));
  await importFile(stage.url, {
    kind: "mentors",
    organization: stage.organization.slug,
    file,
    asOf: `${TODAY} 12:00:00 Europe/Oslo`,
    onProblem: () => {},
  });
}

async function build(db: Database, url: string, folder: string): Promise<Stage> {
  return await transaction(db, async () => {
    const organization = await anOrganization(db);
    const { rows } = await db.query<{ id: string }>(
      `update app_public.certification_types set name = 'First' where id = $1 returning id`,
      [organization.typeId],
    );
    const { rows: second } = await db.query<{ id: string }>(
      `insert into app_public.certification_types (organization_id, name, is_required)
       values ($1, 'Second', false) returning id`,
      [organization.id],
    );
    const chapterIds = [
      await aChapter(db, organization, { name: "Chapter 0" }),
      await aChapter(db, organization, { name: "Chapter 1" }),
    ];
    const mentors: Mentor[] = [];
    const assignments: Assignment[] = [];
    for (let count = 0; count < MENTORS; count += 1) {
      const mentor = await aMentor(db, organization, { expiresOn: addDays(TODAY, count) });
      mentors.push(mentor);
      for (const closedOn of [null, null, addDays(TODAY, 3)]) {
        assignments.push(await anAssignment(db, mentor, { closedOn }));
      }
    }
    return {
      url,
      folder,
      organization,
      chapterIds,
      typeIds: [rows[0]!.id, second[0]!.id],
      mentors,
      assignments,
    };
  });
}

/** Each step's SQLSTATE, or "done". */
async function play(client: pg.Client, stage: Stage, dice: Dice): Promise<string[]> {
  const outcomes: string[] = [];
  for (let count = 0; count < STEPS_PER_CALLER; count += 1) {
    const step = STEPS[dice.below(STEPS.length + 1)];
    try {
      if (step === undefined) await importMentors(stage, dice);
      else await transaction(client, () => step(client, stage, dice));
      outcomes.push("done");
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) throw error;
      outcomes.push(error.code ?? "");
    }
  }
  return outcomes;
}

test("V1 S2 after a crowd of changes every place follows from the facts, and nobody was killed", async ({
  fresh,
}) => {
  const url = await fresh();
  const folder = await mkdtemp(join(tmpdir(), "mentor-lifecycle-crowd-"));
  try {
    await withSessions(url, CALLERS, async (sessions, observer) => {
      const stage = await build(observer, url, folder);
      const outcomes = (
        await Promise.all(sessions.map(({ client }, index) => play(client, stage, new Dice(index))))
      ).flat();

      const { organization } = stage;
      // Whoever is no longer certified by the rules of now is left to the night.
      await transaction(observer, () =>
        call(observer, "run_nightly", { organization_id: organization.id, run_on: TODAY }),
      );
      expect(
        await transaction(observer, () => violationsOf(observer, organization.id, TODAY)),
      ).toEqual([]);
      // Refusals, which are no fault: a pause of somebody who is paused, a second run at once.
      expect(outcomes).toContain("done");
      expect(outcomes.filter((code) => code !== "done" && !code.startsWith("MN"))).toEqual([]);
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}, 120_000);
