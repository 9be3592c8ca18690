import { expect } from "vitest";
import type { Database } from "../../support/builders.ts";
import { test } from "../../support/rights.ts";

/*
 * What must hold for every table, policy and function, also for those that are still to come. Each
 * finding says how to put it right.
 */
const VISITOR = "mentor_lifecycle_visitor";

async function cures(tx: Database, query: string): Promise<string[]> {
  const { rows } = await tx.query<{ cure: string }>(query);
  return rows.map(({ cure }) => cure).toSorted();
}

const TABLES = `
  select c.*, c.oid::regclass::text as name
  from pg_class as c
  where c.relnamespace in ('app_public'::regnamespace, 'app_private'::regnamespace)
    and c.relkind in ('r', 'p')`;

const POLICIES = `
  select p.*, p.polrelid::regclass::text as table_name, c.relowner,
    concat_ws(' ', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
      as expression
  from pg_policy as p
  join (${TABLES}) as c on c.oid = p.polrelid`;

const FUNCTIONS = `
  select p.*, p.oid::regprocedure::text as signature
  from pg_proc as p
  where p.pronamespace in ('app_public'::regnamespace, 'app_private'::regnamespace)
    and not exists (
      select from pg_depend as d
      where d.classid = 'pg_proc'::regclass
        and d.objid = p.oid
        and d.deptype = 'e'
    )`;

test("X3 row level security binds the owner as well", async ({ tx }) => {
  const missing = await cures(
    tx,
    `select format('alter table %s force row level security;', t.name) as cure
     from (${TABLES}) as t
     where not t.relrowsecurity
       or not t.relforcerowsecurity`,
  );

  expect(missing).toEqual([]);
});

test("an owner who is no superuser sees every table", async ({ tx }) => {
  const missing = await cures(
    tx,
    `select format('create policy owner_all on %s to current_user using (true);', t.name) as cure
     from (${TABLES}) as t
     where not exists (
       select from pg_policy as p
       where p.polrelid = t.oid
         and p.polname = 'owner_all'
         and p.polroles = array[t.relowner]
         and p.polcmd = '*'
         and pg_get_expr(p.polqual, p.polrelid) = 'true'
     )`,
  );

  expect(missing).toEqual([]);
});

test("X3 a policy is for the visitor's reading, by name; nobody else is let through", async ({
  tx,
}) => {
  const wrong = await cures(
    tx,
    `select format('create policy %I on %s for select to ${VISITOR} …', p.polname, p.table_name)
       as cure
     from (${POLICIES}) as p
     where p.polname <> 'owner_all'
       and (p.polcmd <> 'r' or p.polroles <> array['${VISITOR}'::regrole::oid])`,
  );
  const doubled = await cures(
    tx,
    `select format('put the policies of %s into one: each costs at every row', p.table_name) as cure
     from (${POLICIES}) as p
     where p.polname <> 'owner_all'
     group by p.table_name
     having count(*) > 1`,
  );

  expect([...wrong, ...doubled]).toEqual([]);
});

test("X3 what is granted has a policy, and what has a policy is granted", async ({ tx }) => {
  const wrong = await cures(
    tx,
    `select case when t.is_granted
         then format('create policy select_… on %s, or grant nothing on it', t.name)
         else format('grant select on %s to ${VISITOR}, or drop its policy', t.name)
       end as cure
     from (
       select t.*, has_any_column_privilege('${VISITOR}', t.oid, 'select') as is_granted
       from (${TABLES}) as t
     ) as t
     where t.is_granted <> exists (
       select from pg_policy as p
       where p.polrelid = t.oid
         and p.polname <> 'owner_all'
     )`,
  );

  expect(wrong).toEqual([]);
});

/** Functions that are asked for each row, and why. */
const ASKED_BY_ROW: Record<string, string> = {
  "coordinator_assignments: reads_mentor":
    "the policy of the mentors reads this table, so this one cannot read the mentors",
};

test("X3 policies ask their functions once for each statement", async ({ tx }) => {
  const { rows } = await tx.query<{ table_name: string; polname: string; expression: string }>(
    POLICIES,
  );

  const asked = rows.flatMap(({ table_name, expression }) =>
    [...expression.matchAll(/(SELECT\s+)?(?<![\w.])(?:\w+\.)?([a-z_]\w*)\(/g)]
      .filter(([, select]) => select === undefined)
      .map(([, , name]) => `${table_name.replace("app_public.", "")}: ${name}`),
  );

  expect(
    asked
      .filter((call) => ASKED_BY_ROW[call] === undefined)
      .map((call) => `${call}() is asked for each row; write (select …()) around it`),
  ).toEqual([]);
  expect(Object.keys(ASKED_BY_ROW).filter((call) => !asked.includes(call))).toEqual([]);
});

test("policies ask functions that only read, and that the visitor may execute", async ({ tx }) => {
  const wrong = await cures(
    tx,
    `select format('let %s be stable, and grant its execution to ${VISITOR}', f.signature) as cure
     from (${FUNCTIONS}) as f
     where exists (
       select from pg_depend as d
       where d.classid = 'pg_policy'::regclass
         and d.refclassid = 'pg_proc'::regclass
         and d.refobjid = f.oid
     )
     and (f.provolatile = 'v' or not has_function_privilege('${VISITOR}', f.oid, 'execute'))`,
  );

  expect(wrong).toEqual([]);
});

/** Columns that policies use and no index has, and why. */
const UNINDEXED_ON_PURPOSE: Record<string, string> = {
  "app_public.notifications.audience": "asked of rows that were found by their mentor",
  "app_public.portal_events.organization_id": "asked of rows that were found by their mentor",
};

test("the columns that policies use are indexed", async ({ tx }) => {
  const { rows } = await tx.query<{ column: string }>(
    `select distinct d.refobjid::regclass || '.' || a.attname as column
     from (${POLICIES}) as p
     join pg_depend as d
       on d.classid = 'pg_policy'::regclass
       and d.objid = p.oid
       and d.refclassid = 'pg_class'::regclass
       and d.refobjsubid > 0
     join pg_attribute as a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
     where not exists (
       select from pg_index as i
       where i.indrelid = d.refobjid
         and d.refobjsubid = any (i.indkey)
         and i.indpred is null
     )`,
  );

  expect(
    rows
      .map(({ column }) => column)
      .filter((column) => UNINDEXED_ON_PURPOSE[column] === undefined)
      .map((column) => `create an index that begins with ${column}, or say why there is none`),
  ).toEqual([]);
});

test("X3 nothing is granted but reading tables and calling functions, to nobody but the visitor", async ({
  tx,
}) => {
  const beyond = await cures(
    tx,
    `with granted (object, acl, owner, allowed) as (
       select 'schema ' || n.nspname, n.nspacl, n.nspowner, array['USAGE']
       from pg_namespace as n
       where n.nspname in ('app_public', 'app_private')
       union all
       select 'table ' || c.oid::regclass, c.relacl, c.relowner, array['SELECT']
       from pg_class as c
       where c.relnamespace in ('app_public'::regnamespace, 'app_private'::regnamespace)
       union all
       select format('column %I of %s', a.attname, c.oid::regclass), a.attacl, c.relowner,
         array['SELECT']
       from pg_class as c
       join pg_attribute as a on a.attrelid = c.oid
       where c.relnamespace in ('app_public'::regnamespace, 'app_private'::regnamespace)
       union all
       select 'function ' || f.signature, coalesce(f.proacl, acldefault('f', f.proowner)),
         f.proowner, array['EXECUTE']
       from (${FUNCTIONS}) as f
     )
     select format('revoke %s on %s from %s', lower(a.privilege_type), g.object,
       coalesce(r.rolname, 'public')) as cure
     from granted as g,
       aclexplode(g.acl) as a
       left join pg_roles as r on r.oid = a.grantee
     where a.grantee <> g.owner
       and not (r.rolname is not distinct from '${VISITOR}' and a.privilege_type = any (g.allowed)
         and not a.is_grantable and g.object <> 'schema app_private')`,
  );

  expect(beyond).toEqual([]);
});

test("X3 the visitor is a role without any power of its own", async ({ tx }) => {
  const powers = await cures(
    tx,
    `select format('alter role %I nologin nosuperuser nobypassrls nocreaterole nocreatedb '
       'noreplication; revoke from it every role that it is a member of', r.rolname) as cure
     from pg_roles as r
     where r.rolname = '${VISITOR}'
       and (r.rolcanlogin or r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb
         or r.rolreplication
         or exists (select from pg_auth_members as m where m.member = r.oid))`,
  );

  expect(powers).toEqual([]);
});

test("no function runs a text as SQL, or sets a setting that a caller names", async ({ tx }) => {
  const dangerous = await cures(
    tx,
    `select format('let %s neither execute a text nor take the name of a setting', f.signature)
       as cure
     from (${FUNCTIONS}) as f
     where f.prosrc ~* '\\mexecute\\M'
       or f.prosrc ~* 'set_config\\(\\s*[^\\s'']'
       or f.prosrc ~* 'current_setting\\(\\s*[^\\s'']'`,
  );

  expect(dangerous).toEqual([]);
});

test("no function claims to be leakproof, which would let it see rows before the policy", async ({
  tx,
}) => {
  const leaky = await cures(
    tx,
    `select format('alter function %s not leakproof', f.signature) as cure
     from (${FUNCTIONS}) as f
     where f.proleakproof`,
  );

  expect(leaky).toEqual([]);
});

test("what the visitor calls runs with the rights of the owner, since it may read no more than it sees", async ({
  tx,
}) => {
  const wrong = await cures(
    tx,
    `select format('let %s be security definer, and check what it gives to whom', f.signature)
       as cure
     from (${FUNCTIONS}) as f
     where has_function_privilege('${VISITOR}', f.oid, 'execute')
       and not f.prosecdef
       and f.prosrc ~ 'app_private\\.'`,
  );

  expect(wrong).toEqual([]);
});

test("C9 no function needs a superuser to be created: none pins a setting of ours", async ({
  tx,
}) => {
  const pinned = await cures(
    tx,
    `select format('take set %s out of the head of %s; set it inside, and set it back', setting,
       f.signature) as cure
     from (${FUNCTIONS}) as f
     cross join unnest(f.proconfig) as setting
     where setting ~ '^[a-z_]+[.]'`,
  );

  expect(pinned).toEqual([]);
});
