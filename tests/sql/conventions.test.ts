import type { PoolClient } from "pg";
import { describe, expect } from "vitest";
import { test } from "../support/database.ts";

/** Foreign keys without an index, and why: `table.constraint: reason`. */
const UNINDEXED_ON_PURPOSE: Record<string, string> = {
  "app_public.mentors.mentors_status_fkey": "statuses are vocabulary and are never deleted",
  "app_public.mentor_journal.mentor_journal_follows_the_arrows":
    "arrows are vocabulary and are never deleted",
  "app_public.mentor_journal.mentor_journal_has_no_gap":
    "journal rows are never deleted, and each mentor's few are found by their key",
};

const OURS = `n.nspname in ('app_public', 'app_private')`;

/** Those of extensions answer to their extension. */
const OUR_FUNCTIONS = `
  from pg_proc as p
  join pg_namespace as n on n.oid = p.pronamespace
  where ${OURS}
    and not exists (
      select from pg_depend as d
      where d.classid = 'pg_proc'::regclass
        and d.objid = p.oid
        and d.deptype = 'e'
    )`;

/** Each row's cure is the statement, or the sentence, that would put it right. */
async function cures(tx: PoolClient, query: string): Promise<string[]> {
  const { rows } = await tx.query<{ cure: string }>(query);
  return rows.map(({ cure }) => cure).toSorted();
}

test("there is something to look at", async ({ tx }) => {
  const { rows } = await tx.query("select to_regclass('app_public.organizations') as found");

  expect(rows[0].found).not.toBeNull();
});

describe("comments, which are the API's documentation", () => {
  test("stand on every table", async ({ tx }) => {
    const missing = await cures(
      tx,
      `select format('comment on table %s is ''…''', c.oid::regclass) as cure
       from pg_class as c
       join pg_namespace as n on n.oid = c.relnamespace
       where ${OURS}
         and c.relkind in ('r', 'p', 'v', 'm')
         and obj_description(c.oid, 'pg_class') is null`,
    );

    expect(missing).toEqual([]);
  });

  test("stand on every column of app_public", async ({ tx }) => {
    const missing = await cures(
      tx,
      `select format('comment on column %s.%I is ''…''', c.oid::regclass, a.attname) as cure
       from pg_class as c
       join pg_namespace as n on n.oid = c.relnamespace
       join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where n.nspname = 'app_public'
         and c.relkind in ('r', 'p', 'v', 'm')
         and col_description(c.oid, a.attnum) is null`,
    );

    expect(missing).toEqual([]);
  });

  test("stand on every function", async ({ tx }) => {
    const missing = await cures(
      tx,
      `select format('comment on function %s is ''…''', p.oid::regprocedure) as cure
       ${OUR_FUNCTIONS}
         and obj_description(p.oid, 'pg_proc') is null`,
    );

    expect(missing).toEqual([]);
  });
});

test("every foreign key is indexed, so that deleting and joining do not scan", async ({ tx }) => {
  const { rows } = await tx.query<{ key: string; cure: string }>(
    `select k.conrelid::regclass || '.' || k.conname as key,
       format('create index on %s (%s)', k.conrelid::regclass, (
         select string_agg(quote_ident(a.attname), ', ' order by part.place)
         from unnest(k.conkey) with ordinality as part (attnum, place)
         join pg_attribute as a on a.attrelid = k.conrelid and a.attnum = part.attnum
       )) as cure
     from pg_constraint as k
     join pg_namespace as n on n.oid = k.connamespace
     where ${OURS}
       and k.contype = 'f'
       and not exists (
         select from pg_index as i
         where i.indrelid = k.conrelid
           and i.indisvalid
           -- "where … is not null" leaves out only rows that refer to nothing
           and coalesce(pg_get_expr(i.indpred, i.indrelid), '') ~ '^(\\(*\\w+ IS NOT NULL\\)*( AND )?)*$'
           and (
             (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey
             or i.indisunique and i.indkey::int2[] <@ k.conkey
           )
       )`,
  );

  const missing = rows.filter(({ key }) => UNINDEXED_ON_PURPOSE[key] === undefined);
  const needless = Object.keys(UNINDEXED_ON_PURPOSE).filter(
    (known) => !rows.some(({ key }) => key === known),
  );
  expect(missing).toEqual([]);
  expect(needless).toEqual([]);
});

test("row level security is on for every table", async ({ tx }) => {
  const missing = await cures(
    tx,
    `select format('alter table %s enable row level security', c.oid::regclass) as cure
     from pg_class as c
     join pg_namespace as n on n.oid = c.relnamespace
     where ${OURS}
       and c.relkind in ('r', 'p')
       and not c.relrowsecurity`,
  );

  expect(missing).toEqual([]);
});

test("views see with the caller's rights", async ({ tx }) => {
  const missing = await cures(
    tx,
    `select format('create or replace view %s with (security_invoker = true) as …', c.oid::regclass)
       as cure
     from pg_class as c
     join pg_namespace as n on n.oid = c.relnamespace
     where ${OURS}
       and c.relkind = 'v'
       and not coalesce(c.reloptions @> array['security_invoker=true'], false)`,
  );

  expect(missing).toEqual([]);
});

test("no function may be executed by everybody", async ({ tx }) => {
  const open = await cures(
    tx,
    `select format('revoke execute on function %s from public', p.oid::regprocedure) as cure
     ${OUR_FUNCTIONS}
       and exists (
         select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as a
         where a.grantee = 0
       )`,
  );

  expect(open).toEqual([]);
});

test("functions with the owner's rights, and all of plpgsql, pin their search path", async ({
  tx,
}) => {
  const open = await cures(
    tx,
    `select format('alter function %s set search_path = pg_catalog, pg_temp', p.oid::regprocedure)
       as cure
     ${OUR_FUNCTIONS}
       and (p.prosecdef or p.prolang = (select oid from pg_language where lanname = 'plpgsql'))
       and not coalesce(p.proconfig @> array['search_path=pg_catalog, pg_temp'], false)`,
  );

  expect(open).toEqual([]);
});
