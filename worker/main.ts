import { readConfig } from "./config.ts";
import { sentenceOf } from "./database/errors.ts";
import { createLogger } from "./logger.ts";
import { startWorker } from "./runner.ts";

/** Puts the parts together and takes them down again: `npm run worker`. */
async function main(): Promise<void> {
  const config = readConfig();
  const logger = createLogger(config.logLevel);
  const asked = Promise.withResolvers<void>();
  // They listen before the first job is taken, and they stay: npm passes a signal on that the
  // terminal may have sent to us already.
  process.on("SIGTERM", () => asked.resolve());
  process.on("SIGINT", () => asked.resolve());

  const worker = await startWorker(config.databaseUrl, logger, config);
  logger.info("worker started");
  try {
    await Promise.race([asked.promise, worker.ended]);
    logger.info("stopping: running jobs are finished first");
  } finally {
    await worker.stop();
  }
  logger.info("worker stopped");
}

try {
  await main();
} catch (error) {
  process.stderr.write(`worker: ${sentenceOf(error)}\n`);
  process.exitCode = 1;
}
