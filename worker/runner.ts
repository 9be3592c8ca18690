import { run } from "graphile-worker";
import type { Runner } from "graphile-worker";
import type pg from "pg";
import type { Logger } from "pino";
import type { Config } from "./config.ts";
import { workerPreset as preset } from "./preset.ts";
import { sentenceOf } from "./database/errors.ts";
import { createPool } from "./database/pool.ts";
import { graphileLogger } from "./logger.ts";
import { openDispatcher } from "./notifications/dispatcher.ts";
import type { Dispatcher } from "./notifications/dispatcher.ts";
import { openPortal } from "./portal/portal.ts";
import type { Portal } from "./portal/portal.ts";

/** How often a schedule that a wrong clock has stopped is looked for. */
const CLOCK_CHECK_MS = 60_000;

export interface RunningWorker {
  /** Settles when the worker has ended; with an error, if nobody had asked it to. */
  ended: Promise<void>;
  /** Takes no new jobs, lets the running ones finish, and closes the connections. */
  stop(): Promise<void>;
}

/** What a worker that has just started does at once, so that no downtime waits for the crontab. */
const AT_START = ["nightly__tick", "portal__sync", "notifications__dispatch"];

/** What is outside of the database; undefined is not there. */
export type Outside = Partial<Pick<Config, "dynamics" | "mail">>;

/**
 * Starts the task runner on a database, and on the portal and the mail server if there are any. It
 * looks at once which nights, which listings and which messages are due.
 */
export async function startWorker(
  databaseUrl: string,
  logger: Logger,
  { dynamics, mail }: Outside = {},
): Promise<RunningWorker> {
  const dispatcher = openDispatcher(mail);
  const pool = createPool(databaseUrl, {
    max: preset.worker?.maxPoolSize ?? 12,
    applicationName: "mentor-lifecycle-worker",
    settings: { "mentor_lifecycle.actor": "worker" },
    onError: (error) => {
      // Connections that are being closed anyway may be cut off.
      if (!pool.ending) logger.warn({ error_message: error.message }, "a connection broke");
    },
  });
  try {
    await repairSchedule(pool, logger);
    const portal = openPortal(dynamics);
    if (portal === undefined) logger.warn("no portal is configured: the listings wait");
    if (!dispatcher.hasMail) {
      logger.warn("no mail server is configured: the inbox is filled, and e-mails wait");
    }
    for (const task of AT_START) {
      await pool.query("select from graphile_worker.add_job($1, job_key => $1)", [task]);
    }
    const runner = await run({
      preset,
      pgPool: pool,
      logger: graphileLogger(logger),
      noHandleSignals: true,
    });
    return supervise(runner, pool, logger, { portal, dispatcher });
  } catch (error) {
    await dispatcher.close();
    await pool.end();
    throw error;
  }
}

function supervise(
  runner: Runner,
  pool: pg.Pool,
  logger: Logger,
  { portal, dispatcher }: { portal: Portal | undefined; dispatcher: Dispatcher },
): RunningWorker {
  let stopping: Promise<void> | undefined;
  let hasEnded = false;
  const check = new AbortController();
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
    check.abort();
    dispatcher.end();
    try {
      if (!hasEnded) await runner.stop();
    } finally {
      await dispatcher.close();
      await pool.end();
    }
  };
  const watchAll = async () => {
    await Promise.all([watch(), refuseWrongPortal(pool, portal, logger, check.signal)]);
  };
  const ended = watchAll();
  // Who does not wait for the end is not to be ended by it.
  ended.catch(() => {});
  return { ended, stop: () => (stopping ??= stop()) };
}

/**
 * Ends the worker if its login reaches another environment than it should: that is a mistake of
 * whoever has just started it. A portal that does not answer is no reason to have no nights.
 */
async function refuseWrongPortal(
  pool: pg.Pool,
  portal: Portal | undefined,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  // Whatever else fails here is found, told and tried again by the task of the same name.
  const result = await portal?.check(pool, { signal }).catch(() => undefined);
  if (result?.state !== "wrong_environment") {
    if (result?.state === "passed") await warnOfLateWrites(portal, logger, signal);
    return;
  }
  throw new Error(
    `${result.problem} Correct the DYNAMICS_ settings, or name the environment in ` +
      "DYNAMICS_ORGANIZATION_ID if it is the new one.",
  );
}

/** The fence against writes that arrive late is the table's own, and can be switched off there. */
async function warnOfLateWrites(
  portal: Portal | undefined,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  const isFenced = await portal?.client.honoursEtags({ signal }).catch(() => undefined);
  if (isFenced !== false) return;
  logger.error("the portal's table has no optimistic concurrency: a late write may win");
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
