import { describe, expect } from "vitest";
import type { Database } from "../../support/builders.ts";
import { PERSONAS, type World, test } from "../../support/rights.ts";
import { TABLES, UNREAD } from "./tables.cases.ts";

async function tablesOf(tx: Database, schema: string): Promise<string[]> {
  const { rows } = await tx.query<{ name: string }>(
    `select c.relname as name
     from pg_class as c
     where c.relnamespace = $1::regnamespace
       and c.relkind in ('r', 'p', 'v', 'm', 'f')
     order by c.relname`,
    [schema],
  );
  return rows.map(({ name }) => name);
}

/** What the rows are about, in the world's own names, sorted. */
async function seen(tx: Database, world: World, table: string, about: string): Promise<string> {
  const { rows } = await tx.query<{ about: string }>(
    `select distinct (${about})::text as about from app_public.${table}`,
  );
  const named = rows.map((row) =>
    row.about
      .split(":")
      .map((part) => world.names.get(part) ?? part)
      .join(":"),
  );
  return named.toSorted().join(" ");
}

test("X3 somebody has decided who reads each table", async ({ tx }) => {
  const decided = new Set([...Object.keys(TABLES), ...Object.keys(UNREAD)]);

  const undecided = (await tablesOf(tx, "app_public"))
    .filter((name) => !decided.has(name))
    .map(
      (name) =>
        `decide who may read app_public.${name}: write it into tests/sql/rights/tables.cases.ts ` +
        `by hand, then its policies and grants into rights_${name}.sql`,
    );

  expect(undecided).toEqual([]);
});

describe("X3 reads what concerns him, and nothing else:", () => {
  test.for(Object.entries(TABLES))("%s", async ([table, { about, sees }], { tx, world, visit }) => {
    const everything = await seen(tx, world, table, about);
    expect(everything, "there is something to be seen").not.toBe("");

    const found: Record<string, unknown> = {};
    for (const persona of PERSONAS) {
      const result = await visit(persona, (tx) => seen(tx, world, table, about));
      if (result !== "") found[persona] = result;
    }

    expect(found).toEqual(sees);
  });
});

describe("a policy that lets everything through would be noticed:", () => {
  test.for(Object.entries(TABLES))("%s", async ([table, { about, sees }], { tx, world, visit }) => {
    const { rows } = await tx.query<{ name: string }>(
      `select p.polname as name
       from pg_policy as p
       where p.polrelid = $1::regclass
         and p.polname <> 'owner_all'`,
      [`app_public.${table}`],
    );
    for (const { name } of rows) {
      await tx.query(`alter policy ${name} on app_public.${table} using (true)`);
    }

    const noticed = [];
    for (const persona of PERSONAS) {
      const result = await visit(persona, (tx) => seen(tx, world, table, about));
      if (result !== (sees[persona] ?? "")) noticed.push(persona);
    }

    expect(noticed).toContain("anonymous");
    expect(noticed).toContain("service");
  });
});

describe("X3 nobody reads", () => {
  test.for(Object.keys(UNREAD))("app_public.%s", async (table, { visit }) => {
    for (const persona of PERSONAS) {
      const result = await visit(persona, (tx) => tx.query(`select from app_public.${table}`));
      expect(result, persona).toBe("42501");
    }
  });

  test("anything of app_private", async ({ tx, visit }) => {
    for (const table of await tablesOf(tx, "app_private")) {
      const result = await visit("organizationAdministrator", (tx) =>
        tx.query(`select from app_private.${table}`),
      );
      expect(result, table).toBe("42501");
    }
  });
});

test("X3 hidden columns are refused to everybody, all others are not", async ({ tx, visit }) => {
  const { rows } = await tx.query<{ table: string; column: string }>(
    `select c.relname as table, a.attname as column
     from pg_class as c
     join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'app_public'::regnamespace
       and c.relkind in ('r', 'p', 'v', 'm', 'f')
     order by c.relname, a.attnum`,
  );

  const refused: Record<string, string[]> = {};
  for (const { table, column } of rows.filter(({ table }) => TABLES[table] !== undefined)) {
    const result = await visit("organizationAdministrator", (tx) =>
      tx.query(`select ${column} from app_public.${table} limit 0`),
    );
    if (result === "42501") refused[table] = [...(refused[table] ?? []), column];
    else expect(typeof result, `${table}.${column}`).toBe("object");
  }

  const hidden = Object.entries(TABLES).flatMap(([table, { hidden = [] }]) =>
    hidden.length > 0 ? [[table, hidden.toSorted()]] : [],
  );
  for (const columns of Object.values(refused)) columns.sort();
  expect(refused).toEqual(Object.fromEntries(hidden));
});

describe("X3 nobody writes a table, whoever he is: every change is a command", () => {
  test.for(["app_public", "app_private"])("of %s", async (schema, { tx, visit }) => {
    for (const table of await tablesOf(tx, schema)) {
      const name = `${schema}.${table}`;
      const { rows } = await tx.query<{ column: string }>(
        `select a.attname as column
         from pg_attribute as a
         where a.attrelid = $1::regclass
           and a.attnum > 0
           and not a.attisdropped
           and a.attidentity = ''
         order by a.attnum
         limit 1`,
        [name],
      );
      const column = rows[0]!.column;
      for (const statement of [
        `insert into ${name} default values`,
        `update ${name} set ${column} = ${column}`,
        `delete from ${name}`,
        `truncate ${name}`,
        `select ${column} from ${name} for update`,
        `lock table ${name} in exclusive mode`,
      ]) {
        for (const persona of ["anonymous", "mentor", "organizationAdministrator"] as const) {
          expect(
            await visit(persona, (tx) => tx.query(statement)),
            `${persona}: ${statement}`,
          ).toBe("42501");
        }
      }
    }
  });
});
