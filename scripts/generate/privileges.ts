import type { ClientBase } from "pg";
import { VISITOR } from "../../worker/database/grants.ts";

/**
 * data/privileges.txt: what the visitor may do with every schema, table, column and function, as
 * PostgreSQL itself answers, whatever way the right was given. Reviewed whenever it changes.
 */
export async function privilegesPage(client: ClientBase): Promise<string> {
  const sections: string[] = [];
  for (const query of [ROLE_QUERY, SCHEMA_QUERY, TABLE_QUERY, SEQUENCE_QUERY, FUNCTION_QUERY]) {
    // One after the other: they share a connection.
    const { rows } = await client.query<{ line: string }>(query, [VISITOR]);
    sections.push(rows.map(({ line }) => `${line}\n`).join(""));
  }
  return sections.filter((section) => section !== "").join("\n");
}

const ROLE_QUERY = `
  select format('role %s: %s', r.rolname, concat_ws(', ',
    case when r.rolcanlogin then 'MAY LOG IN' else 'no login' end,
    case when r.rolsuper then 'SUPERUSER' else 'no superuser' end,
    case when r.rolbypassrls then 'BYPASSES POLICIES' else 'bound by policies' end,
    case when r.rolcreaterole or r.rolcreatedb or r.rolreplication then 'MAY CREATE OR REPLICATE' end,
    coalesce('MEMBER OF ' || (
      select string_agg(g.rolname, ', ' order by g.rolname)
      from pg_auth_members as m
      join pg_roles as g on g.oid = m.roleid
      where m.member = r.oid
    ), 'member of nothing'))) as line
  from pg_roles as r
  where r.rolname = $1`;

const SCHEMA_QUERY = `
  select format('schema %s: %s', n.nspname, coalesce(nullif(concat_ws(', ',
    case when has_schema_privilege($1, n.oid, 'usage') then 'usage' end,
    case when has_schema_privilege($1, n.oid, 'create') then 'CREATE' end), ''), 'nothing')) as line
  from pg_namespace as n
  where n.nspname !~ '^(pg_|information_schema$)'
  order by n.nspname`;

const OURS = `
    select c.*, n.nspname || '.' || c.relname as name
    from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
    where n.nspname in ('app_private', 'app_public')`;

const TABLE_QUERY = `
  with relation as (${OURS}
      and c.relkind in ('r', 'p', 'v', 'm', 'f')
  ), right_of as (
    select c.oid, operation,
      has_table_privilege($1, c.oid, operation) as is_whole,
      operation in ('select', 'insert', 'update', 'references')
        and has_any_column_privilege($1, c.oid,
          case when operation in ('select', 'insert', 'update', 'references') then operation
            else 'select' end) as is_some
    from relation as c
    cross join unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references',
      'trigger']) as operation
  )
  select said.line
  from relation as c
  cross join lateral (
    select 0 as rank, format('table %s: %s', c.name, coalesce(
      (
        select string_agg(r.operation, ', ' order by r.operation)
        from right_of as r
        where r.oid = c.oid
          and (r.is_whole or r.is_some)
      ),
      'nothing')) as line
    union all
    select rank, format('  %s: %s', heading, string_agg(a.attname, ', ' order by a.attnum))
    from pg_attribute as a
    cross join lateral (
      select case when has_column_privilege($1, c.oid, a.attnum, 'select') then 1 else 2 end as rank
    ) as ranked
    cross join lateral (
      select case rank when 1 then 'reads' else 'does not read' end as heading
    ) as headed
    where a.attrelid = c.oid
      and a.attnum > 0
      and not a.attisdropped
      and has_any_column_privilege($1, c.oid, 'select')
    group by rank, heading
  ) as said
  order by c.name collate "C", said.rank`;

const SEQUENCE_QUERY = `
  with relation as materialized (${OURS}
      and c.relkind = 'S'
  )
  select format('sequence %s: %s', c.name, 'ANY RIGHT AT ALL IS TOO MUCH') as line
  from relation as c
  where has_sequence_privilege($1, c.oid, 'usage, select, update')
  order by c.name collate "C"`;

/** Without usage of app_private its functions cannot be called by name, only by policies. */
const FUNCTION_QUERY = `
  select format('function %s: %s', p.oid::regprocedure,
    case
      when not has_function_privilege($1, p.oid, 'execute') then 'nothing'
      when p.prosecdef then 'execute, with the rights of the owner'
      else 'execute'
    end) as line
  from pg_proc as p
  join pg_namespace as n on n.oid = p.pronamespace
  where n.nspname in ('app_private', 'app_public')
    and p.prorettype <> 'trigger'::regtype
    and not exists (
      select from pg_depend as d
      where d.classid = 'pg_proc'::regclass
        and d.objid = p.oid
        and d.deptype = 'e'
    )
  order by n.nspname desc, p.oid::regprocedure::text collate "C"`;
