import type { ClientBase } from "pg";

/** The role of everybody who comes through the API. */
export const VISITOR = "mentor_lifecycle_visitor";

/**
 * Takes back whatever the visitor was granted, so that a grant which no file makes any more is gone
 * when all files have run. Nobody sees the state in between. Other roles are the administrators'.
 */
export async function revokeGrants(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ statement: string }>(
    `with app as (
       select n.oid, n.nspname, n.nspacl
       from pg_catalog.pg_namespace as n
       where n.nspname in ('app_public', 'app_private')
     ), granted as (
       select format('schema %I', app.nspname) as object, app.nspacl as acl
       from app
       union all
       select format('table %s', c.oid::regclass), c.relacl
       from pg_catalog.pg_class as c
       join app on app.oid = c.relnamespace
       where c.relkind in ('r', 'p', 'v', 'm', 'S')
       union all
       select format('table %s', c.oid::regclass), a.attacl
       from pg_catalog.pg_class as c
       join app on app.oid = c.relnamespace
       join pg_catalog.pg_attribute as a on a.attrelid = c.oid
       where a.attacl is not null
       union all
       select format('routine %s', p.oid::regprocedure), p.proacl
       from pg_catalog.pg_proc as p
       join app on app.oid = p.pronamespace
     )
     select distinct format('revoke all on %s from %I', g.object, r.rolname) as statement
     from granted as g,
       aclexplode(g.acl) as a
       join pg_catalog.pg_roles as r on r.oid = a.grantee
     where r.rolname = $1
     order by statement`,
    [VISITOR],
  );
  if (rows.length > 0) await client.query(rows.map(({ statement }) => statement).join(";\n"));
}

/**
 * With row level security forced, an owner sees what a policy lets through. The files write those
 * policies for whoever runs them; a table of another owner would look empty to that one.
 */
export async function requireOwnPolicies(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ table_name: string; owner: string }>(
    `select c.oid::regclass::text as table_name, r.rolname as owner
     from pg_catalog.pg_class as c
     join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
     join pg_catalog.pg_roles as r on r.oid = c.relowner
     where n.nspname in ('app_public', 'app_private')
       and c.relforcerowsecurity
       and not r.rolsuper
       and not r.rolbypassrls
       and not exists (
         select from pg_catalog.pg_policy as p
         where p.polrelid = c.oid
           and p.polroles @> array[c.relowner]
       )
     order by table_name
     limit 1`,
  );
  const [foreign] = rows;
  if (foreign) {
    throw new Error(
      `${foreign.table_name} belongs to ${foreign.owner}, who would see nothing of it any more: ` +
        `connect as ${foreign.owner} to apply sql/.`,
    );
  }
}
