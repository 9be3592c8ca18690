import { parseArgs } from "node:util";
import { readConfig } from "../worker/config.ts";
import { withClient } from "../worker/database/pool.ts";
import { required, runCommand } from "./run-command.ts";

const USAGE = `Usage: npx node scripts/sql.ts "SQL"

Runs SQL on the database of DATABASE_URL, as its owner, and shows the rows: for whoever has no psql.

  --help  this text`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: "boolean", default: false } },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const sql = required(positionals.join(" "), "The SQL");
  const { DATABASE_URL, LOG_LEVEL } = process.env;
  const { databaseUrl } = readConfig({ DATABASE_URL, LOG_LEVEL });
  await withClient(databaseUrl, async (client) => {
    const { command, fields, rows, rowCount } = await client.query<unknown[]>({
      text: sql,
      rowMode: "array",
    });
    if (fields.length === 0) {
      console.log(`${command} ${rowCount ?? ""}`.trimEnd());
      return;
    }
    console.log(fields.map(({ name }) => name).join("\t"));
    for (const row of rows) console.log(row.map(shown).join("\t"));
  });
}

function shown(value: unknown): string {
  if (value === null) return "";
  if (value instanceof Date) return value.toISOString();
  return typeof value === "string" ? value : JSON.stringify(value);
}

await runCommand("sql", main);
