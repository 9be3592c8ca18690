import { describe, expect } from "vitest";
import {
  type Database,
  type Organization,
  TODAY,
  actAs,
  addDays,
  anOrganization,
  anOrganizationAdministrator,
  aPerson,
  transaction,
} from "../../support/builders.ts";
import { test as base } from "../../support/database.ts";
import { type Entry, aCrowd, walk } from "../../support/roster.ts";

const COUNT = 2_000;
const ORDERS = ["name", "key", "next_expiry", "quietest"] as const;

/** Two thousand mentors, committed once for the file; an administrator sees all of them. */
const test = base.extend("crowd", { scope: "file" }, async ({ pool }) => {
  const client = await pool.connect();
  try {
    return await transaction(client, async () => {
      const organization = await anOrganization(client);
      const administratorId = await anOrganizationAdministrator(client, organization);
      const coordinatorId = await aPerson(client, organization);
      await aCrowd(client, organization, COUNT);
      await client.query(
        `insert into app_public.coordinators (organization_id, person_id) values ($1, $2)`,
        [organization.id, coordinatorId],
      );
      await client.query(
        `insert into app_public.coordinator_assignments
           (organization_id, mentor_id, coordinator_id, period)
         select m.organization_id, m.id, $2, daterange($3, null)
         from app_public.mentors as m
         where m.organization_id = $1`,
        [organization.id, coordinatorId, TODAY],
      );
      return { organization, administratorId, coordinatorId };
    });
  } finally {
    client.release(true);
  }
});

const keys = (entries: Entry[]) => entries.map((entry) => entry.mentor_key);

/** All keys in the order that a plain sort gives, by facts and not by what the roster keeps. */
async function sorted(db: Database, organization: Organization, order: string): Promise<string[]> {
  const { rows } = await db.query<{ mentor_key: string }>(
    `select m.mentor_key
     from app_public.mentors as m
     join app_public.people as p on p.id = m.person_id
     left join app_public.certifications as c on c.mentor_id = m.id
     cross join lateral (
       select min(a.last_contact_on) as last_contact_on
       from app_public.assignments as a
       where a.mentor_id = m.id
     ) as silent
     where m.organization_id = $1
     order by
       case $2 when 'name' then p.full_name end collate "nb-NO-x-icu",
       case $2 when 'key' then m.mentor_key end collate "nb-NO-x-icu",
       case $2 when 'next_expiry' then c.expires_on end nulls last,
       case $2 when 'quietest' then silent.last_contact_on end nulls last,
       m.id`,
    [organization.id, order],
  );
  return rows.map((row) => row.mentor_key);
}

describe("V1 walking all pages shows each mentor once, in order", () => {
  test.for(ORDERS)("by %s, in an order that facts confirm", async (order_by, { tx, crowd }) => {
    const expected = await sorted(tx, crowd.organization, order_by);
    await actAs(tx, crowd.administratorId);

    const walked = keys(await walk(tx, { order_by, first: 100 }));

    expect(walked).toHaveLength(COUNT);
    expect(walked).toEqual(expected);
  });

  test("in pages of any size, also for a coordinator of all", async ({ tx, crowd }) => {
    const expected = await sorted(tx, crowd.organization, "quietest");
    await actAs(tx, crowd.coordinatorId);

    expect(keys(await walk(tx, { order_by: "quietest", first: 97 }))).toEqual(expected);
  });

  test("while mentors change who are none of its orders' business", async ({ tx, crowd }) => {
    const expected = await sorted(tx, crowd.organization, "name");
    const walked = await walk(tx, { organization_id: crowd.organization.id, first: 100 }, () =>
      tx.query(
        `update app_public.mentors
         set portal_consent = not portal_consent
         where id in (
           select m.id from app_public.mentors as m where m.organization_id = $1 limit 20
         )`,
        [crowd.organization.id],
      ),
    );

    expect(keys(walked)).toEqual(expected);
  });

  test("while others move: who stays put is neither missed nor shown twice", async ({
    tx,
    crowd,
  }) => {
    await actAs(tx, null);
    const expected = await sorted(tx, crowd.organization, "name");
    const moved = new Set<string>();
    const walked = await walk(
      tx,
      { organization_id: crowd.organization.id, first: 100 },
      async (page) => {
        // One from each end of the page goes to the other end of the roster.
        for (const [entry, name] of [
          [page.nodes[0]!, "Åååå"],
          [page.nodes.at(-1)!, "Aaa"],
        ] as const) {
          moved.add(entry.mentor_key);
          await tx.query(
            `update app_public.people as p
             set full_name = $2
             from app_public.mentors as m
             where m.id = $1 and p.id = m.person_id`,
            [entry.mentor_id, name],
          );
        }
      },
    );

    const stayed = (list: string[]) => list.filter((key) => !moved.has(key));
    expect(stayed(keys(walked))).toEqual(stayed(expected));
  });
});

describe("V1 a page costs what it shows", () => {
  const cases = ORDERS.flatMap((order) => [
    { order, where: "at the beginning", isDeep: false },
    { order, where: "deep inside", isDeep: true },
  ]);

  test.for(cases)(
    "by $order $where: an index in its order, nothing sorted",
    async ({ order, isDeep }, { tx, crowd }) => {
      await tx.query("analyze app_private.roster_positions");
      await tx.query("analyze app_public.coordinator_assignments");
      const column = {
        name: "full_name",
        key: "mentor_key",
        next_expiry: "next_expires_on",
        quietest: "quietest_last_contact_on",
      }[order];
      const { rows: middle } = await tx.query(
        `select ${column}::text as value, mentor_id
         from app_private.roster_positions
         where organization_id = $1
         order by ${column}, mentor_id
         offset 1000 limit 1`,
        [crowd.organization.id],
      );
      const after = isDeep ? middle[0] : null;

      const { rows } = await tx.query<{ "QUERY PLAN": string }>(
        `explain (costs off)
         select c.mentor_id
         from app_private.roster_candidates(
           row('${crowd.coordinatorId}', false, '{}', '${crowd.organization.id}', null, null, null,
             null, null, null, null, '${TODAY}')::app_private.roster_filter,
           null
         ) as c
         ${after === null ? "" : `where (c.${column}, c.mentor_id) > ('${after.value}', '${after.mentor_id}')`}
         order by c.${column}, c.mentor_id
         limit 51`,
      );

      const plan = rows.map((row) => row["QUERY PLAN"].trim());
      const index = { name: "name", key: "key", next_expiry: "expiry", quietest: "silence" }[order];
      expect(plan[0]).toBe("Limit");
      expect(plan[1]).toMatch(
        new RegExp(
          `^->  Index (Only )?Scan using roster_positions_${index}_idx on roster_positions`,
        ),
      );
      expect(plan[2]).toMatch(
        after === null
          ? /^Index Cond: \(organization_id = '[^']+'::uuid\)$/
          : /^Index Cond: \(\(organization_id = .+\) AND \(ROW\(\w+, mentor_id\) > ROW\(.+\)\)\)$/,
      );
      expect(plan.filter((line) => /Sort|Hash|Seq Scan/.test(line))).toEqual([]);
    },
  );

  test("of a few mentors fetches these", async ({ tx, crowd }) => {
    await tx.query("analyze app_private.roster_positions");
    const { rows } = await tx.query<{ "QUERY PLAN": string }>(
      `explain (costs off)
       select c.mentor_id
       from app_private.roster_candidates(
         row('${crowd.coordinatorId}', false, '{}', '${crowd.organization.id}', null, null, null,
           null, null, null, null, '${TODAY}')::app_private.roster_filter,
         array['${crowd.coordinatorId}']::uuid[]
       ) as c
       order by c.full_name, c.mentor_id
       limit 51`,
    );

    const plan = rows.map((row) => row["QUERY PLAN"].trim());
    expect(plan.join("\n")).toMatch(/roster_positions_pkey/);
    expect(plan.filter((line) => /Seq Scan/.test(line))).toEqual([]);
  });

  test("of a search finds these in the index of names", async ({ tx }) => {
    await tx.query("set local enable_seqscan = off");
    const { rows } = await tx.query<{ "QUERY PLAN": string }>(
      `explain (costs off)
       select p.mentor_id
       from app_private.roster_positions as p
       where app_private.is_found(p.full_name, p.mentor_key, 'åse-øst')`,
    );

    const plan = rows.map((row) => row["QUERY PLAN"].trim()).join("\n");
    expect(plan).toMatch(/BitmapOr/);
    expect(plan).toMatch(/roster_positions_search_idx/);
  });

  test.for([
    ["a status", { statuses: ["retired"] }, 0],
    ["conditions", { portal_conditions: ["synced", "needs_attention"] }, 0],
    ["an expiry", { expires_until: addDays(TODAY, 1) }, 18],
    ["a silence", { quiet_since: addDays(TODAY, -62) }, 21],
  ] as const)("of %s that few have is known to be", async ([, filter, count], { tx, crowd }) => {
    const { rows } = await tx.query<{ count: number | null }>(
      `select cardinality(app_private.roster_scope(
         jsonb_populate_record(null::app_private.roster_filter, $1))) as count`,
      [{ sees_all: true, organization_id: crowd.organization.id, today: TODAY, ...filter }],
    );

    expect(rows[0]!.count).toBe(count);
  });

  test("and those who are few are known as such", async ({ tx, crowd }) => {
    const scope = async (personId: string, until: string | null) => {
      await tx.query("savepoint scope");
      await tx.query(
        `update app_public.coordinator_assignments
         set period = daterange($2::date - 1, $2::date + 1)
         where coordinator_id = $1
           and mentor_id in (
             select a.mentor_id from app_public.coordinator_assignments as a
             where a.coordinator_id = $1 order by a.mentor_id limit $3
           )`,
        [personId, addDays(TODAY, 30), until],
      );
      const { rows } = await tx.query<{ count: number | null }>(
        `select cardinality(app_private.roster_scope(
           row($1, false, '{}', $2, null, null, null, null, null, null, null, $3)::app_private.roster_filter
         )) as count`,
        [personId, crowd.organization.id, TODAY],
      );
      await tx.query("rollback to savepoint scope");
      return rows[0]!.count;
    };

    // So many are somebody else's today: 1,001 are left, and then 1,000.
    expect(await scope(crowd.coordinatorId, String(COUNT - 1_001))).toBeNull();
    expect(await scope(crowd.coordinatorId, String(COUNT - 1_000))).toBe(1_000);
  });
});
