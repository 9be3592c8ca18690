import { randomUUID } from "node:crypto";
import type pg from "pg";
import { describe, expect } from "vitest";
import {
  type Database,
  type Mentor,
  TODAY,
  aMentor,
  anOrganization,
  setClock,
  transaction,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { type Command, type Operation, contradictions } from "../../support/history.ts";
import { call, journalOf, violationsOf } from "../../support/outcomes.ts";
import {
  type Caller,
  type Session,
  interleave,
  outcomeOf,
  withSessions,
} from "../../support/sessions.ts";

const CALLERS = 12;
const COMMANDS_PER_CALLER = 40;

/** More of what meets often than of what ends a mentor. */
const COMMANDS: Command[] = [
  "pause_mentor",
  "pause_mentor",
  "pause_mentor",
  "resume_mentor",
  "resume_mentor",
  "resume_mentor",
  "retire_mentor",
  "reenroll_mentor",
];

/** A small generator of pseudo-random numbers, so that a seed names the same commands again. */
function picker(seed: number) {
  let state = seed;
  return <Item>(items: readonly Item[]): Item => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return items[Math.floor((state / 2 ** 32) * items.length)]!;
  };
}

async function attempt(
  client: Database,
  mentor: Mentor,
  command: Command,
  expectedVersion: number | null,
): Promise<Operation> {
  const id = randomUUID();
  const args = {
    mentor_id: mentor.id,
    expected_version: expectedVersion,
    ...(["pause_mentor", "retire_mentor"].includes(command) && { reason: "Rest" }),
  };
  await client.query("begin");
  await setClock(client, TODAY);
  await client.query("select set_config('mentor_lifecycle.actor', $1, true)", [id]);
  const invokedAt = performance.now();
  const outcome = await outcomeOf(async () => {
    const row = await call(client, command, args);
    await client.query("commit");
    return row;
  });
  const completedAt = performance.now();
  if ("code" in outcome) await client.query("rollback");
  return {
    id,
    mentorId: mentor.id,
    command,
    expectedVersion,
    invokedAt,
    completedAt,
    ...("code" in outcome ? { code: outcome.code } : { version: outcome.row["version"] as number }),
  };
}

async function caller({ client }: Session, mentors: Mentor[], seed: number): Promise<Operation[]> {
  const pick = picker(seed);
  const lastSeen = new Map<string, number>();
  const operations: Operation[] = [];
  for (let count = 0; count < COMMANDS_PER_CALLER; count += 1) {
    const mentor = pick(mentors);
    const expected = pick([null, lastSeen.get(mentor.id) ?? null]);
    const operation = await attempt(client, mentor, pick(COMMANDS), expected);
    if (operation.version !== undefined) lastSeen.set(mentor.id, operation.version);
    operations.push(operation);
  }
  return operations;
}

/** Lets the crowd loose on three mentors, and says what no serial order explains. */
async function contradictionsOfACrowd(url: string) {
  return await withSessions(url, CALLERS, async (sessions, observer) => {
    const { organization, mentors } = await transaction(observer, async () => {
      const organization = await anOrganization(observer);
      const mentors: Mentor[] = [];
      for (let count = 0; count < 3; count += 1)
        mentors.push(await aMentor(observer, organization));
      return { organization, mentors };
    });

    const operations = (
      await Promise.all(sessions.map((session, index) => caller(session, mentors, index)))
    ).flat();

    const found: string[] = [];
    for (const { id } of mentors) {
      const own = operations.filter(({ mentorId }) => mentorId === id);
      found.push(...contradictions(await journalOf(observer, id), own));
    }
    return {
      done: operations.filter(({ code }) => code === undefined).length,
      refusedWith: [...new Set(operations.flatMap(({ code }) => code ?? []))].toSorted(),
      contradictions: found,
      violations: await violationsOf(observer, organization.id, TODAY),
    };
  });
}

/** The planted bug: commands look at the mentor and do not lock it. */
async function removeTheLock(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ source: string }>(
    "select pg_get_functiondef('app_private.lock_mentor'::regproc) as source",
  );
  const source = rows[0]!.source;
  const without = source.replace("for no key update", "");
  expect(without).not.toBe(source);
  await client.query(without);
}

describe("S1 twelve callers at once", () => {
  test("are served as if one after the other", async ({ fresh }) => {
    const crowd = await contradictionsOfACrowd(await fresh());

    expect(crowd.contradictions).toEqual([]);
    expect(crowd.violations).toEqual([]);
    expect(crowd.done).toBeGreaterThan(0);
    expect(crowd.refusedWith).toEqual(["MNAPA", "MNNPA", "MNTRA", "MNVER"]);
  }, 60_000);
});

describe("S2 without the lock, a planted bug", () => {
  test("the crowd is seen to contradict itself, and the tables still hold", async ({ fresh }) => {
    const url = await fresh();
    await withSessions(url, 0, (_sessions, observer) => removeTheLock(observer));

    const crowd = await contradictionsOfACrowd(url);

    expect(crowd.contradictions).not.toEqual([]);
    expect(crowd.violations).toEqual([]);
  }, 60_000);

  test("the second of two pauses is refused by a constraint, not by MNAPA", async ({ fresh }) => {
    await withSessions(await fresh(), 2, async (sessions, observer) => {
      await removeTheLock(observer);
      const { organization, mentor } = await transaction(observer, async () => {
        const organization = await anOrganization(observer);
        return { organization, mentor: await aMentor(observer, organization) };
      });
      const pause: Caller = {
        personId: null,
        act: (db) => call(db, "pause_mentor", { mentor_id: mentor.id, reason: "Rest" }),
      };

      const outcomes = await interleave(sessions, observer, [pause, pause], [0, 1, 0, 1]);

      expect(outcomes).toEqual([{ row: expect.anything() }, { code: "23505" }]);
      expect(await violationsOf(observer, organization.id, TODAY)).toEqual([]);
    });
  });
});
