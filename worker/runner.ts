import { run } from "graphile-worker";
import type { Runner } from "graphile-worker";
import type pg from "pg";
import type { Logger } from "pino";
import preset from "../graphile.config.ts";
import { sentenceOf } from "./database/errors.ts";
import { createPool } from "./database/pool.ts";
import { graphileLogger } from "./logger.ts";

/** How often a schedule that a wrong clock has stopped is looked for. */
const CLOCK_CHECK_MS = 60_000;

export interface RunningWorker {
  /** Settles when the worker has ended; with an error, if nobody had asked it to. */
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
    onError: (error) => {
      // Connections that are being closed anyway may be cut off.
      if (!pool.ending) logger.warn({ error_message: error.message }, "a connection broke");
    },
  });
  try {
    await repairSchedule(pool, logger);
    await pool.query(
      "select from graphile_worker.add_job('nightly__tick', job_key => 'nightly__tick')",
    );
    const runner = await run({
      preset,
      pgPool: pool,
      logger: graphileLogger(logger),
      noHandleSignals: true,
    });
    return supervise(runner, pool, logger);
  } catch (error) {
    await pool.end();
    throw error;
  }
}

function supervise(runner: Runner, pool: pg.Pool, logger: Logger): RunningWorker {
  let stopping: Promise<void> | undefined;
  let hasEnded = false;
  const timer = setInterval(() => {
    repairSchedule(pool, logger).catch((error: unknown) => {
      logger.warn({ error_message: sentenceOf(error) }, "the schedule could not be checked");
    });
  }, CLOCK_CHECK_MS);
  const watch = async () => {
    await runner.promise;
    hasEnded = true;
    if (stopping === undefined) throw new Error("The task runner has ended; its log says why.");
  };
  const stop = async () => {
    clearInterval(timer);
    try {
      if (!hasEnded) await runner.stop();
    } finally {
      await pool.end();
    }
  };
  const ended = watch();
  // Who does not wait for the end is not to be ended by it.
  ended.catch(() => {});
  return { ended, stop: () => (stopping ??= stop()) };
}

/** A clock that was ahead has left an execution in the future, and nothing would fire until then. */
async function repairSchedule(pool: pg.Pool, logger: Logger): Promise<void> {
  const { rows } = await pool.query<{ identifier: string }>(
    "select identifier from app_private.repair_schedule() as identifier",
  );
  for (const { identifier } of rows) {
    logger.error({ identifier }, "the schedule had fired in the future and was set back");
  }
}
