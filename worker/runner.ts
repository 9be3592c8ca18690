import { run } from "graphile-worker";
import type { Runner } from "graphile-worker";
import type { Logger } from "pino";
import preset from "../graphile.config.ts";
import { createPool } from "./database/pool.ts";
import { graphileLogger } from "./logger.ts";

/** How often a schedule that a wrong clock has stopped is looked for. */
const CLOCK_CHECK_MS = 60_000;

export interface RunningWorker {
  /** Settles when the worker has ended by itself, with the error that ended it. */
  ended: Promise<void>;
  /** Takes no new jobs, lets the running ones finish, and closes the connections. */
  stop(): Promise<void>;
}

/**
 * Starts the task runner on a database. It asks at once which nights are due, so that neither a
 * first start nor a long downtime waits for the crontab.
 */
export async function startWorker(databaseUrl: string, logger: Logger): Promise<RunningWorker> {
  const pool = createPool(databaseUrl, {
    max: preset.worker?.maxPoolSize ?? 12,
    applicationName: "mentor-lifecycle-worker",
    onError: (error) => logger.warn({ error_message: error.message }, "a connection broke"),
  });
  const repairClock = async () => {
    const { rows } = await pool.query<{ identifier: string }>(
      "select identifier from app_private.repair_schedule() as identifier",
    );
    for (const { identifier } of rows) {
      logger.error({ identifier }, "the schedule had fired in the future and was set back");
    }
  };
  try {
    await repairClock();
    const runner = await run({
      preset,
      pgPool: pool,
      logger: graphileLogger(logger),
      noHandleSignals: true,
    });
    await runner.addJob("nightly__tick", {}, { jobKey: "nightly__tick" });
    const timer = setInterval(() => {
      repairClock().catch((error: unknown) => logger.warn({ err: error }, "no clock check"));
    }, CLOCK_CHECK_MS);
    return { ended: runner.promise, stop: () => stopAll(runner, timer, () => pool.end()) };
  } catch (error) {
    await pool.end();
    throw error;
  }
}

async function stopAll(
  runner: Runner,
  timer: NodeJS.Timeout,
  endPool: () => Promise<void>,
): Promise<void> {
  clearInterval(timer);
  await runner.stop();
  await endPool();
}
