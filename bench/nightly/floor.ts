import type pg from "pg";
import { withClient } from "../../worker/database/pool.ts";
import { settle } from "../support/server.ts";
import type { BenchServer } from "../support/server.ts";
import { withVariant } from "../support/variant.ts";
import type { Databases } from "../support/variant.ts";
import { count, mustEqual } from "./counts.ts";
import type { Counts } from "./counts.ts";

interface Table {
  name: string;
  /** Which of its rows the run has written. */
  written: string;
  /** For rows that were there before: what of them the run has changed. */
  changed?: { key: string; columns: string[] };
}

/** In the order in which foreign keys allow them to be written. */
const TABLES: Table[] = [
  { name: "nightly_runs", written: "true" },
  { name: "nightly_run_actions", written: "true" },
  { name: "mentor_pauses", written: "true" },
  { name: "mentor_journal", written: "nightly_run_id is not null" },
  {
    name: "mentors",
    written: "version > 1",
    changed: { key: "id", columns: ["status", "version"] },
  },
  { name: "certification_reminders", written: "nightly_run_id is not null" },
  { name: "follow_up_reminders", written: "nightly_run_id is not null" },
  { name: "notifications", written: "true" },
  {
    name: "portal_listings",
    written: "desired_version > 1",
    changed: {
      key: "mentor_id",
      columns: ["desired_visible", "desired_until", "desired_version", "changed_at"],
    },
  },
  { name: "portal_events", written: "desired_version > 1" },
];

/** Where the server keeps the rows between two databases: a file beside its own. */
const FILE = (table: Table) => `bench-nightly-${table.name}.copy`;

/** Saves what our run has written. The server writes the files, so it takes a superuser. */
export async function saveFinalRows(client: pg.ClientBase): Promise<void> {
  for (const table of TABLES) {
    await client.query(
      `do $$ begin
         execute format(
           'copy (select * from app_public.${table.name} where ${table.written}) to %L (format binary)',
           current_setting('data_directory') || '/${FILE(table)}');
       end $$`,
    );
  }
}

export interface Floor {
  milliseconds: number;
  /** Of that the rows that are evidence: ledger and actions. */
  evidence: number;
  byTable: Record<string, number>;
}

/** Writes the rows that our run has saved once more, and sees that they are as many. */
export async function measureFloor(
  server: BenchServer,
  databases: Databases,
  counts: Counts,
): Promise<Floor> {
  return await withVariant(server, databases, 1, async () => {
    return await withClient(server.url(databases.variant), async (client) => {
      await prepareFloor(client);
      await settle(client);
      const byTable = await runFloor(client);
      mustEqual("the floor", await count(client), counts);
      const milliseconds = Object.values(byTable).reduce((sum, time) => sum + time, 0);
      const evidence = (byTable["nightly_runs"] ?? 0) + (byTable["nightly_run_actions"] ?? 0);
      return { milliseconds, evidence, byTable };
    });
  });
}

/** Puts the saved rows beside the starting state and switches off all triggers but foreign keys. */
async function prepareFloor(client: pg.ClientBase): Promise<void> {
  await client.query("create schema final");
  for (const table of TABLES) {
    await client.query(`create table final.${table.name} (like app_public.${table.name})`);
    await client.query(
      `do $$ begin
         execute format('copy final.${table.name} from %L (format binary)',
           current_setting('data_directory') || '/${FILE(table)}');
         execute format('copy (select) to program %L',
           'rm ' || quote_ident(current_setting('data_directory') || '/${FILE(table)}'));
       end $$`,
    );
    await client.query(`alter table app_public.${table.name} disable trigger user`);
  }
}

/** Writes the same rows with one plain statement a table, in one transaction. */
async function runFloor(client: pg.ClientBase): Promise<Record<string, number>> {
  const milliseconds: Record<string, number> = {};
  const timed = async (name: string, statement: string) => {
    const start = performance.now();
    await client.query(statement);
    milliseconds[name] = performance.now() - start;
  };
  const statements = new Map<string, string>();
  for (const table of TABLES) statements.set(table.name, await statementFor(client, table));
  await client.query("begin");
  for (const [name, statement] of statements) await timed(name, statement);
  await timed("commit", "commit");
  return milliseconds;
}

async function statementFor(client: pg.ClientBase, table: Table): Promise<string> {
  if (table.changed !== undefined) {
    const { key, columns } = table.changed;
    const assignments = columns.map((column) => `${column} = f.${column}`).join(", ");
    return `update app_public.${table.name} as t set ${assignments}
            from final.${table.name} as f where f.${key} = t.${key}`;
  }
  const { rows } = await client.query<{ columns: string }>(
    `select string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns
     from pg_attribute as a
     where a.attrelid = format('app_public.%I', $1::text)::regclass
       and a.attnum > 0
       and not a.attisdropped
       and a.attgenerated = ''`,
    [table.name],
  );
  const columns = rows[0]!.columns;
  return `insert into app_public.${table.name} (${columns}) overriding system value
          select ${columns} from final.${table.name}`;
}
