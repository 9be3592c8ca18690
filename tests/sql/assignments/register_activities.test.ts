import { randomUUID } from "node:crypto";
import pg from "pg";
import { describe, expect } from "vitest";
import {
  type Assignment,
  type Database,
  TODAY,
  aCoordinator,
  aMentor,
  actAs,
  addDays,
  anAssignment,
  anOrganization,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { lastContactOf, refusal, violationsOf } from "../../support/outcomes.ts";

interface Item {
  assignment_id: string | null;
  occurred_on?: string;
  kind?: string;
}

/** All rows that the command returns. */
async function register(tx: Database, items: Item[], requestId: string | null = null) {
  const { rows } = await tx.query(
    `select r.*
     from app_public.register_activities(
       array(
         select i
         from jsonb_populate_recordset(null::app_public.activity_input, $1) with ordinality
           as i (assignment_id, occurred_on, kind, place)
         cross join lateral (
           select (i.assignment_id, i.occurred_on, i.kind)::app_public.activity_input
         ) as item (i)
         order by i.place
       ),
       $2
     ) as r`,
    [JSON.stringify(items), requestId],
  );
  return rows;
}

const linksOf = async (tx: Database, activityId: string) => {
  const { rows } = await tx.query<{ assignment_id: string }>(
    "select l.assignment_id from app_public.activity_assignments as l where l.activity_id = $1",
    [activityId],
  );
  return rows.map(({ assignment_id }) => assignment_id).toSorted();
};

const assignments = async (
  tx: Database,
  mentor: Parameters<typeof anAssignment>[1],
  count: number,
) => {
  const made: Assignment[] = [];
  for (let index = 0; index < count; index += 1) made.push(await anAssignment(tx, mentor));
  return made;
};

/** The sentence of a refusal. */
const complaint = async (tx: Database, items: Item[]) => {
  await tx.query("savepoint attempt");
  try {
    await register(tx, items);
    return undefined;
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    return `${error.code} ${error.message}`;
  } finally {
    await tx.query("rollback to savepoint attempt");
  }
};

describe("F2 activities that are registered together", () => {
  test("are one activity for each mentor, kind and day, on each assignment once", async ({
    tx,
  }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);
    const [first, second] = (await assignments(tx, mentor, 2)) as [Assignment, Assignment];
    const other = await anAssignment(tx, await aMentor(tx, organization));

    const rows = await register(tx, [
      { assignment_id: first.id },
      { assignment_id: second.id, occurred_on: TODAY, kind: "bulk" },
      { assignment_id: first.id, occurred_on: TODAY },
      { assignment_id: second.id, occurred_on: addDays(TODAY, -2) },
      { assignment_id: second.id, kind: "proxy" },
      { assignment_id: other.id, occurred_on: addDays(TODAY, -1) },
    ]);

    expect(rows).toMatchObject([
      { mentor_id: mentor.id, kind: "bulk", occurred_on: TODAY },
      { mentor_id: mentor.id, kind: "bulk", occurred_on: addDays(TODAY, -2) },
      { mentor_id: mentor.id, kind: "proxy", occurred_on: TODAY },
      { mentor_id: other.mentorId, kind: "bulk", occurred_on: addDays(TODAY, -1) },
    ]);
    const links: string[][] = [];
    for (const { id } of rows) links.push(await linksOf(tx, id));
    expect(links).toEqual([[first.id, second.id].toSorted(), [second.id], [second.id], [other.id]]);
    expect(await lastContactOf(tx, first)).toBe(TODAY);
    expect(await lastContactOf(tx, second)).toBe(TODAY);
    expect(await lastContactOf(tx, other)).toBe(addDays(TODAY, -1));
  });

  test("may be none", async ({ tx }) => {
    expect(await register(tx, [])).toEqual([]);
    expect(await register(tx, [], randomUUID())).toEqual([]);
    expect((await tx.query("select app_public.register_activities(null)")).rows).toEqual([]);
  });

  test("may be registered by whoever may register each of them", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);
    const other = await aMentor(tx, organization);
    const coordinator = await aCoordinator(tx, mentor);
    const items = [
      { assignment_id: (await anAssignment(tx, mentor)).id, kind: "coordinator_proxy" },
      { assignment_id: (await anAssignment(tx, other)).id },
    ];
    await actAs(tx, coordinator);
    expect(await refusal(tx, () => register(tx, items))).toMatchObject({ code: "MNDEN" });

    await actAs(tx, null);
    await aCoordinator(tx, other, { personId: coordinator });
    await actAs(tx, coordinator);

    expect(await register(tx, items)).toHaveLength(2);
  });

  test("answer a repetition with all rows, and do not register again", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));
    const items = (await assignments(tx, mentor, 2)).map(({ id }, index) => ({
      assignment_id: id,
      occurred_on: addDays(TODAY, -index),
    }));
    const requestId = randomUUID();

    const first = await register(tx, items, requestId);
    const second = await register(tx, items, requestId);

    expect(first).toHaveLength(2);
    expect(second).toEqual(first);
    const { rows } = await tx.query("select from app_public.activities");
    expect(rows).toHaveLength(2);
    expect(await refusal(tx, () => register(tx, items.slice(1), requestId))).toMatchObject({
      code: "MNREQ",
    });
  });
});

describe("F2 one bad item refuses all, and is named by its place", () => {
  test.for<[string, string, (id: string, stranger: string) => Item]>([
    [
      "an unknown assignment",
      "MNNOT Item 3: There is no such",
      () => ({ assignment_id: randomUUID() }),
    ],
    ["no assignment", "MNNOT Item 3: There is no such", () => ({ assignment_id: null })],
    [
      "somebody else's assignment",
      "MNDEN Item 3: You are neither",
      (_id, stranger) => ({ assignment_id: stranger }),
    ],
    [
      "a kind that does not fit",
      "MNACT Item 3: A coordinator_proxy is",
      (id) => ({ assignment_id: id, kind: "coordinator_proxy" }),
    ],
    [
      "a day to come",
      `MNDAT Item 3: A contact on ${addDays(TODAY, 1)} lies after today`,
      (id) => ({ assignment_id: id, occurred_on: addDays(TODAY, 1) }),
    ],
    [
      "a day before the first",
      `MNDAT Item 3: A contact on ${addDays(TODAY, -31)} lies before the assignment was opened`,
      (id) => ({ assignment_id: id, occurred_on: addDays(TODAY, -31) }),
    ],
  ])("%s", async ([, expected, bad], { tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);
    const [first, second] = (await assignments(tx, mentor, 2)) as [Assignment, Assignment];
    const foreign = await anAssignment(tx, await aMentor(tx, organization));
    await actAs(tx, mentor.personId);

    const said = await complaint(tx, [
      { assignment_id: first.id },
      { assignment_id: second.id },
      bad(first.id, foreign.id),
      { assignment_id: randomUUID() },
    ]);

    expect(said).toMatch(new RegExp(`^${expected}`));
    expect((await tx.query("select from app_public.activities")).rows).toEqual([]);
    expect(await lastContactOf(tx, first)).toBe(addDays(TODAY, -30));
  });
});

/** So many assignments of ten mentors, in one statement. */
async function aCrowd(tx: Database, count: number) {
  const organization = await anOrganization(tx);
  const mentors: string[] = [];
  for (let index = 0; index < 10; index += 1) mentors.push((await aMentor(tx, organization)).id);
  const { rows } = await tx.query<{ id: string }>(
    `insert into app_public.assignments
       (organization_id, mentor_id, assignment_key, client_reference, opened_on)
     select $1, ($2::uuid[])[1 + n % 10], 'A-' || n, 'C-' || n, $3
     from generate_series(1, $4) as n
     returning id`,
    [organization.id, mentors, addDays(TODAY, -30), count],
  );
  return { organization, ids: rows.map(({ id }) => id) };
}

const dayOf = (index: number) => addDays(TODAY, -(index % 25));

const contacts = async (tx: Database) => {
  const { rows } = await tx.query(
    "select a.assignment_key, a.last_contact_on from app_public.assignments as a order by 1",
  );
  return rows;
};

describe("F4 ten thousand in one call", () => {
  test("move each assignment to its day", async ({ tx }) => {
    const { organization, ids } = await aCrowd(tx, 10_000);

    const rows = await register(
      tx,
      ids.map((id, index) => ({ assignment_id: id, occurred_on: dayOf(index) })),
    );

    const { rows: stored } = await tx.query<{ id: string; last_contact_on: string }>(
      "select a.id, a.last_contact_on from app_public.assignments as a",
    );
    const known = new Map(stored.map(({ id, last_contact_on }) => [id, last_contact_on]));
    expect(ids.filter((id, index) => known.get(id) !== dayOf(index))).toEqual([]);
    // Every tenth place is one mentor's, and falls on five of the 25 days.
    expect(rows).toHaveLength(50);
    expect(await violationsOf(tx, organization.id, TODAY)).toEqual([]);
  });

  test("are the most: MNACT", async ({ tx }) => {
    const items = Array.from({ length: 10_001 }, () => ({ assignment_id: randomUUID() }));

    expect(await refusal(tx, () => register(tx, items))).toMatchObject({ code: "MNACT" });
  });

  test("end as one call for each of them does", async ({ tx }) => {
    const { ids } = await aCrowd(tx, 200);
    const items = ids.flatMap((id, index) => [
      { assignment_id: id, occurred_on: addDays(TODAY, -(index % 30)) },
      { assignment_id: id, occurred_on: addDays(TODAY, -((7 * index) % 30)) },
    ]);
    await tx.query("savepoint before");
    await register(tx, items);
    const together = await contacts(tx);
    await tx.query("rollback to savepoint before");

    for (const { assignment_id, occurred_on } of items) {
      await tx.query("select app_public.register_activity($1, $2, 'bulk')", [
        assignment_id,
        occurred_on,
      ]);
    }

    expect(await contacts(tx)).toEqual(together);
  });
});
