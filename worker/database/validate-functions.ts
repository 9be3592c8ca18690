import pg from "pg";
import type { ClientBase } from "pg";
import { lineAt, sqlError } from "./sql-files.ts";
import type { SqlFile } from "./sql-files.ts";

interface FunctionRow {
  oid: number;
  signature: string;
  source: string;
  validator: "plpgsql_validator" | "fmgr_sql_validator";
}

/** Lets each language judge the bodies of our functions; the first bad one ends it. */
export async function validateFunctions(client: ClientBase, files: SqlFile[]): Promise<void> {
  const { rows } = await client.query<FunctionRow>(`
    select p.oid, p.oid::regprocedure::text as signature, p.prosrc as source,
      case l.lanname when 'sql' then 'fmgr_sql_validator' else 'plpgsql_validator' end as validator
    from pg_catalog.pg_proc as p
    join pg_catalog.pg_language as l on l.oid = p.prolang
    where p.pronamespace in (
        select n.oid
        from pg_catalog.pg_namespace as n
        where n.nspname in ('app_public', 'app_private')
      )
      and l.lanname in ('sql', 'plpgsql')
      and not exists (
        select from pg_catalog.pg_depend as d
        where d.classid = 'pg_catalog.pg_proc'::regclass
          and d.objid = p.oid
          and d.deptype = 'e'
      )
    order by signature
  `);
  await client.query("set local check_function_bodies = on");
  for (const row of rows) {
    try {
      await client.query(`select pg_catalog.${row.validator}($1)`, [row.oid]);
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) throw error;
      throw sqlError(placeOf(row, error, files), error);
    }
  }
}

/** File and line of a body's mistake; PostgreSQL counts lines and characters from the body's start. */
function placeOf(row: FunctionRow, error: pg.DatabaseError, files: SqlFile[]): string {
  const file = row.source === "" ? undefined : files.find(({ text }) => text.includes(row.source));
  if (!file) return row.signature;
  const start = file.text.indexOf(row.source) + 1;
  const position = error.internalPosition ?? error.position;
  const bodyLine = /near line (\d+)/.exec(error.where ?? "")?.[1];
  let line = lineAt(file.text, start);
  if (position !== undefined) line = lineAt(file.text, start + Number(position) - 1);
  else if (bodyLine !== undefined) line += Number(bodyLine) - 1;
  return `sql/${file.path}:${line}, ${row.signature}`;
}
