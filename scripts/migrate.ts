import { parseArgs } from "node:util";
import { readConfig } from "../worker/config.ts";
import { migrateDatabase } from "../worker/database/migrate.ts";
import { runCommand } from "./run-command.ts";

const USAGE = `Usage: npm run migrate

Brings the database of DATABASE_URL up to date: the worker's schema, the committed migrations,
then everything in sql/. Safe to repeat and to start from several machines at once.

  --with-current   also run migrations/current.sql, for development
  --help           this text`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { "with-current": { type: "boolean" }, help: { type: "boolean" } },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const { databaseUrl } = readConfig();
  const { applied, dropped } = await migrateDatabase(databaseUrl, {
    onProgress: (line) => console.log(line),
    withCurrent: values["with-current"] ?? false,
  });
  for (const object of dropped) console.log(`dropped ${object}: no file in sql/ creates it`);
  console.log(`up to date, ${applied.length} files of sql/ applied`);
}

await runCommand("migrate", main);
