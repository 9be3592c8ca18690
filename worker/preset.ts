import { WorkerPreset } from "graphile-worker";
import { projectRoot } from "./database/root.ts";

/** How graphile-worker works here. It is apart from the API: a worker does not load PostGraphile. */
export const workerPreset: GraphileConfig.Preset = {
  extends: [WorkerPreset],
  worker: {
    ...(process.env["DATABASE_URL"] ? { connectionString: process.env["DATABASE_URL"] } : {}),
    schema: "graphile_worker",
    concurrentJobs: 4,
    // LISTEN, cron and completion take connections of their own; a nightly run takes two.
    maxPoolSize: 12,
    // A new job is announced; this is only how soon a retry is noticed, in milliseconds.
    pollInterval: 1000,
    // Without a delay of its own, completing a job is not awaited at shutdown and it runs again.
    completeJobBatchDelay: 0,
    failJobBatchDelay: 0,
    // What still runs this many milliseconds after the stop signal is told to abort.
    gracefulShutdownAbortTimeout: 5_000,
    taskDirectory: `${projectRoot}/tasks`,
    crontabFile: `${projectRoot}/crontab`,
  },
};
