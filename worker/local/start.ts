import "../api/production.ts";
import { parseArgs } from "node:util";
import { startApi } from "../api/server.ts";
import type { RunningApi } from "../api/server.ts";
import type { ApiConfig } from "../api/config.ts";
import { readConfig } from "../config.ts";
import type { Config } from "../config.ts";
import type { Logger } from "pino";
import { sentenceOf } from "../database/errors.ts";
import { migrateDatabase } from "../database/migrate.ts";
import { createLogger } from "../logger.ts";
import { startWorker } from "../runner.ts";
import { startEmbedded } from "./embedded.ts";

const USAGE = `Usage: npm start [-- [--fresh] [--data DIRECTORY]]

Starts the whole system. Without DATABASE_URL it brings up an embedded PostgreSQL, a Dataverse
simulator and a mail server that sends nothing on, in the folder .data, with a demonstration
organisation if there is none, shows its night, and goes on as worker and API until Ctrl-C. With
DATABASE_URL it migrates that database and starts the worker on it, on the portal of DYNAMICS_URL and
the mail server of SMTP_URL if these are set, and the API if JWT_SECRET or JWKS_URL is.

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
    await startEmbedded(values, (config, onApi) => work(config, stopSignal, onApi));
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
  if (config.api === undefined) say("No API, as neither JWT_SECRET nor JWKS_URL is set.");
  await work(config, stopSignal, (url) => say(`API at ${url}/graphql.`));
}

async function work(
  config: Config,
  stopSignal: Promise<void>,
  onApi: (url: string) => void,
): Promise<void> {
  const logger = createLogger(config.logLevel);
  const worker = await startWorker(config.databaseUrl, logger, config);
  let api: RunningApi | undefined;
  try {
    api = config.api && (await startNearby(config.api, logger));
    if (api !== undefined) onApi(api.url);
    await Promise.race([stopSignal, worker.ended]);
    say("Stopping …");
  } finally {
    await Promise.all([api?.stop(), worker.stop()]);
  }
}

/** Without a PORT of its own any will do, if something else is where the API usually is. */
async function startNearby(config: ApiConfig, logger: Logger): Promise<RunningApi> {
  try {
    return await startApi(config, logger);
  } catch (error) {
    const isTaken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
    if (!isTaken || process.env["PORT"]) throw error;
    return await startApi({ ...config, port: 0 }, logger);
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
