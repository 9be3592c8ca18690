import { readConfig } from "./config.ts";
import { sentenceOf } from "./database/errors.ts";
import { createLogger } from "./logger.ts";
import { startWorker } from "./runner.ts";

/** Puts the parts together and takes them down again: `npm run worker`. */
async function main(): Promise<void> {
  const config = readConfig();
  const logger = createLogger(config.logLevel);
  const worker = await startWorker(config.databaseUrl, logger);
  logger.info("worker started");

  const stopped = Promise.withResolvers<void>();
  const stop = (signal: NodeJS.Signals) => {
    logger.info({ signal }, "stopping: running jobs are finished first");
    worker.stop().then(stopped.resolve, stopped.reject);
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  await Promise.race([stopped.promise, worker.ended]);
  await stopped.promise;
  logger.info("worker stopped");
}

try {
  await main();
} catch (error) {
  process.stderr.write(`worker: ${sentenceOf(error)}\n`);
  process.exitCode = 1;
}
