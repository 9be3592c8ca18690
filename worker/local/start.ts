import { parseArgs } from "node:util";
import { readConfig } from "../config.ts";
import type { Config } from "../config.ts";
import { sentenceOf } from "../database/errors.ts";
import { migrateDatabase } from "../database/migrate.ts";
import { createLogger } from "../logger.ts";
import { startWorker } from "../runner.ts";
import { startEmbedded } from "./embedded.ts";

const USAGE = `Usage: npm start [-- [--fresh] [--data DIRECTORY]]

Starts the whole system. Without DATABASE_URL it brings up an embedded PostgreSQL, a Dataverse
simulator and a mail server that sends nothing on, in the folder .data, with a demonstration
organisation if there is none, shows its night, and goes on as worker until Ctrl-C. With DATABASE_URL
it migrates that database and starts the worker on it, and on the portal of DYNAMICS_URL and the mail
server of SMTP_URL if these are set.

  --fresh           throw the embedded database, the simulator's rows and the mails away and begin anew
  --data DIRECTORY  where they are kept (.data)
  --help            this text`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      fresh: { type: "boolean", default: false },
      data: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    say(USAGE);
    return;
  }
  const stopSignal = waitForStop();
  if (!process.env["DATABASE_URL"]) {
    await startEmbedded(values, (config) => work(config, stopSignal));
    return;
  }
  if (values.fresh || values.data !== undefined) {
    throw new Error("--fresh and --data are for the embedded database; DATABASE_URL is set.");
  }
  const config = readConfig();
  await migrateDatabase(config.databaseUrl, { onProgress: say });
  const portal = config.dynamics?.url ?? "no portal, as DYNAMICS_URL is not set: the listings wait";
  say(`Worker running until Ctrl-C, with ${portal}.`);
  const { mail } = config;
  say(
    mail === undefined
      ? "SMTP_URL is not set: the inbox is filled, and e-mails wait."
      : `E-mails go out over ${mail.host}, from ${mail.from.address}.`,
  );
  await work(config, stopSignal);
}

async function work(config: Config, stopSignal: Promise<void>): Promise<void> {
  const worker = await startWorker(config.databaseUrl, createLogger(config.logLevel), config);
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
