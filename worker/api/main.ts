import "./production.ts";
import { readApiEnvironment } from "../config.ts";
import { sentenceOf } from "../database/errors.ts";
import { createLogger } from "../logger.ts";
import { startApi } from "./server.ts";

/** The API alone: `npm run api`. */
async function main(): Promise<void> {
  const { api: config, logLevel } = readApiEnvironment();
  const logger = createLogger(logLevel);
  const asked = Promise.withResolvers<void>();
  // They listen before the first request comes, and they stay: npm passes a signal on that the
  // terminal may have sent to us already.
  process.on("SIGTERM", () => asked.resolve());
  process.on("SIGINT", () => asked.resolve());

  const api = await startApi(config, logger);
  logger.info({ url: `${api.url}/graphql` }, "api started");
  await asked.promise;
  logger.info("stopping: requests under way are answered first");
  await api.stop();
  logger.info("api stopped");
}

try {
  await main();
} catch (error) {
  process.stderr.write(`api: ${sentenceOf(error)}\n`);
  process.exitCode = 1;
}
