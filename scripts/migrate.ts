import { parseArgs } from "node:util";
import { migrateDatabase } from "../worker/database/migrate.ts";

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
  const connectionString = process.env["DATABASE_URL"];
  if (!connectionString) {
    throw new Error(
      "DATABASE_URL is missing; it must look like postgres://user:password@host:5432/database",
    );
  }
  const { applied, dropped } = await migrateDatabase(connectionString, {
    onProgress: (line) => console.log(line),
    withCurrent: values["with-current"] ?? false,
  });
  for (const object of dropped) console.log(`dropped ${object}: no file in sql/ creates it`);
  console.log(`up to date, ${applied.length} files of sql/ applied`);
}

/** A refused connection to a host with several addresses is several errors without a message. */
function sentenceOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(sentenceOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}

try {
  await main();
} catch (error) {
  console.error(`migrate: ${sentenceOf(error)}`);
  process.exitCode = 1;
}
