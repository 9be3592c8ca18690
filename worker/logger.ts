import { Logger as GraphileLogger } from "graphile-worker";
import { pino } from "pino";
import type { DestinationStream, Logger } from "pino";
import type { Config } from "./config.ts";

const LEVELS = { error: "error", warning: "warn", info: "info", debug: "debug" } as const;

/** JSON lines on standard error, in UTC, with ids and without names or addresses of people. */
export function createLogger(level: Config["logLevel"], destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: { service: "mentor-lifecycle" },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination ?? pino.destination({ dest: 2, sync: true }),
  );
}

/** Lets graphile-worker write through our logger. */
export function graphileLogger(logger: Logger): GraphileLogger {
  return new GraphileLogger((scope) => (level, message) => {
    const { taskIdentifier: task, jobId: job_id, workerId: worker_id } = scope;
    logger[LEVELS[level]]({ task, job_id, worker_id }, message);
  });
}
