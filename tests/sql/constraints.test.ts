import { describe, expect } from "vitest";
import type { Database } from "../support/builders.ts";
import { test } from "../support/database.ts";
import { refusal } from "../support/outcomes.ts";
import { aWorld } from "../support/world.ts";
import { LYING_ROWS } from "./constraints.cases.ts";

/** Constraints that no row can violate alone, and why. */
const NOT_PROVOKED: Record<string, string> = {
  activities_belong_to_one_mentor: "includes the primary key; foreign keys of two columns need it",
  assignments_belong_to_one_mentor: "as above",
  certification_types_belong_to_one_organization: "as above",
  certifications_belong_to_one_mentor: "as above",
  chapters_belong_to_one_organization: "as above",
  mentor_journal_head_can_be_referred_to: "as above",
  mentors_belong_to_one_organization: "as above",
  people_belong_to_one_organization: "as above",
};

const OURS = "n.nspname in ('app_public', 'app_private')";

/** Checks of tables and domains, unique and exclusion constraints, foreign keys with a name of ours. */
const NAMED = `
  select k.conname as name
  from pg_constraint as k
  join pg_namespace as n on n.oid = k.connamespace
  where ${OURS}
    and k.contype in ('c', 'u', 'x', 'p', 'f')
    and k.conname !~ '_(pkey|fkey)$'
  union all
  select c.relname
  from pg_index as i
  join pg_class as c on c.oid = i.indexrelid
  join pg_namespace as n on n.oid = c.relnamespace
  where ${OURS}
    and i.indisunique
    and not exists (select from pg_constraint as k where k.conindid = i.indexrelid)`;

async function namesOf(tx: Database, query: string): Promise<string[]> {
  const { rows } = await tx.query<{ name: string }>(query);
  return rows.map(({ name }) => name);
}

describe("S2 a row that lies cannot be stored", () => {
  test.for(Object.entries(LYING_ROWS))("%s", async ([name, statements], { tx }) => {
    await aWorld(tx);
    const { rows } = await tx.query(
      "select from pg_constraint where conname = $1 and contype = 'f'",
      [name],
    );
    // Triggers would refuse some of these before the constraint does; foreign keys are triggers.
    if (rows.length === 0) await tx.query("set local session_replication_role = replica");

    for (const statement of [statements].flat()) {
      const refused = await refusal(tx, () => tx.query(statement));
      expect(refused, statement).toMatchObject({
        code: expect.stringMatching(/^23/),
        constraint: name,
      });
    }
  });

  test("every named constraint has a row that it refuses", async ({ tx }) => {
    const names = await namesOf(tx, NAMED);

    const known = [...Object.keys(LYING_ROWS), ...Object.keys(NOT_PROVOKED)];
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
    expect(known.filter((name) => !names.includes(name))).toEqual([]);
  });
});

describe("S2 a reference leads somewhere", () => {
  /**
   * Every foreign key that has no name of ours, with an update that makes one row refer to nothing.
   * Other foreign keys of the two tables are dropped first, because one of them might refuse it.
   */
  const FOREIGN_KEYS = `
    select
      k.conname as name,
      k.conrelid::regclass::text as "table",
      format('update %1$s set %2$s where ctid = (select max(ctid) from %1$s)', k.conrelid::regclass, (
        select string_agg(
          format('%I = %s', a.attname,
            case a.atttypid
              when 'uuid'::regtype then 'gen_random_uuid()'
              when 'bigint'::regtype then '-1'
              else '''nowhere'''
            end),
          ', ')
        from pg_attribute as a
        where a.attrelid = k.conrelid
          and a.attnum = any (k.conkey)
      )) as orphan,
      array(
        select format('alter table %s drop constraint %I', other.conrelid::regclass, other.conname)
        from pg_constraint as other
        where other.contype = 'f'
          and other.oid <> k.oid
          and other.conparentid = 0
          and (other.conrelid = k.conrelid or other.confrelid = k.conrelid)
      ) as others
    from pg_constraint as k
    join pg_namespace as n on n.oid = k.connamespace
    where ${OURS}
      and k.contype = 'f'
      and k.conname ~ '_fkey$'
    order by 1`;

  test("every foreign key refuses an orphan", { timeout: 60_000 }, async ({ tx }) => {
    await aWorld(tx);
    const { rows } = await tx.query<{
      name: string;
      table: string;
      orphan: string;
      others: string[];
    }>(FOREIGN_KEYS);
    expect(rows.length).toBeGreaterThan(0);

    for (const { name, table, orphan, others } of rows) {
      const refused = await refusal(tx, async () => {
        await tx.query("set constraints all immediate");
        await tx.query(`alter table ${table} disable trigger user`);
        for (const drop of others) await tx.query(drop);
        const { rowCount } = await tx.query(orphan);
        expect(rowCount, `${table} has a row in the world of tests/support/world.ts`).toBe(1);
      });
      expect(refused, name).toMatchObject({ code: "23503", constraint: name });
    }
  });
});
