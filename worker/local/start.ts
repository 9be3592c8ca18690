import { join } from "node:path";
import { parseArgs } from "node:util";
import { readConfig } from "../config.ts";
import type { Config } from "../config.ts";
import { sentenceOf } from "../database/errors.ts";
import { migrateDatabase } from "../database/migrate.ts";
import { withClient } from "../database/pool.ts";
import { projectRoot } from "../database/root.ts";
import { createLogger } from "../logger.ts";
import { startWorker } from "../runner.ts";
import { createDemonstration, DEMONSTRATION } from "./demonstration.ts";
import { startPostgres } from "./postgres.ts";
import { showNight } from "./show-night.ts";

const USAGE = `Usage: npm start [-- [--fresh] [--data DIRECTORY]]

Starts the whole system. Without DATABASE_URL it brings up an embedded PostgreSQL in the folder .data,
with a demonstration organisation if there is none, shows its night, and goes on as worker until
Ctrl-C. With DATABASE_URL it migrates that database and starts the worker on it.

  --fresh           throw the embedded database away and begin anew
  --data DIRECTORY  where the embedded PostgreSQL keeps its data (.data)
  --help            this text`;

const DATABASE = "mentor_lifecycle";

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      fresh: { type: "boolean", default: false },
      data: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const stopSignal = waitForStop();
  if (process.env["DATABASE_URL"]) {
    if (values.fresh || values.data !== undefined) {
      throw new Error("--fresh and --data are for the embedded database; DATABASE_URL is set.");
    }
    const { databaseUrl, logLevel } = readConfig();
    await migrateDatabase(databaseUrl, { onProgress: say });
    say("Worker running until Ctrl-C.");
    await work(databaseUrl, logLevel, stopSignal);
    return;
  }
  await startEmbedded(values, stopSignal);
}

async function startEmbedded(
  options: { fresh: boolean; data?: string | undefined },
  stopSignal: Promise<void>,
): Promise<void> {
  say(`Starting an embedded PostgreSQL in ${options.data ?? ".data"} …`);
  const server = await startPostgres({
    persistent: true,
    dataDirectory: join(options.data ?? join(projectRoot, ".data"), "postgres"),
    handleSignals: false,
  });
  try {
    await prepareDatabase(server.url(), options.fresh);
    const databaseUrl = server.url(DATABASE);
    await migrateDatabase(databaseUrl);
    if (await createDemonstration(databaseUrl)) {
      say("Created a demonstration organisation of forty mentors in three chapters.");
    }
    await showNight(databaseUrl, DEMONSTRATION);
    sayWhatToTry(databaseUrl);
    const { logLevel } = readConfig({
      LOG_LEVEL: "warn",
      ...process.env,
      DATABASE_URL: databaseUrl,
    });
    await work(databaseUrl, logLevel, stopSignal);
  } finally {
    await server.stop();
  }
}

async function prepareDatabase(serverUrl: string, fresh: boolean): Promise<void> {
  await withClient(serverUrl, async (client) => {
    if (fresh) await client.query(`drop database if exists ${DATABASE} with (force)`);
    const { rowCount } = await client.query("select from pg_database where datname = $1", [
      DATABASE,
    ]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  });
}

function sayWhatToTry(databaseUrl: string): void {
  say(`
Running until Ctrl-C. In another terminal:

  export DATABASE_URL='${databaseUrl}'
  npm run nightly -- --organization ${DEMONSTRATION} --preview --all      who is left alone, and why
  npm run nightly -- --organization ${DEMONSTRATION}                      again: nothing happens twice
  npm run nightly -- --organization ${DEMONSTRATION} --preview --on ${inDays(30)}   a night to come
  npm run organization:create -- --slug hlf --name HLF
  npm run import -- --kind people --organization hlf examples/people.csv
  npm run import -- --kind mentors --organization hlf examples/roster.csv

npm start -- --fresh begins anew.
`);
}

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

async function work(
  databaseUrl: string,
  logLevel: Config["logLevel"],
  stopSignal: Promise<void>,
): Promise<void> {
  const worker = await startWorker(databaseUrl, createLogger(logLevel));
  try {
    await Promise.race([stopSignal, worker.ended]);
    say("Stopping …");
  } finally {
    await worker.stop();
  }
}

/**
 * Settles at the first Ctrl-C; what is under way is finished before the database goes. The handlers
 * stay, because npm passes a signal on that the terminal has sent to us already.
 */
function waitForStop(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  process.on("SIGINT", () => resolve());
  process.on("SIGTERM", () => resolve());
  return promise;
}

function say(line: string): void {
  console.log(line);
}

try {
  await main();
} catch (error) {
  console.error(`start: ${sentenceOf(error)}`);
  process.exitCode = 1;
}
