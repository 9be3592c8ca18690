import { createLogger } from "../../worker/logger.ts";
import { startWorker } from "../../worker/runner.ts";
import type { RunningWorker } from "../../worker/runner.ts";
import { test as base } from "./database.ts";

export interface LogLine {
  level: string;
  msg: string;
  [field: string]: unknown;
}

/** A logger that writes everything, and the lines that it has written. */
export function recordingLogger() {
  const lines: string[] = [];
  const logger = createLogger("trace", { write: (line) => void lines.push(line) });
  return { logger, lines, entries: () => lines.map((line) => JSON.parse(line) as LogLine) };
}

export interface TestWorker extends RunningWorker {
  lines: string[];
  entries(): LogLine[];
}

/** `aWorker`: starts a worker in this process, which is stopped before its database goes. */
export const test = base.extend("aWorker", async ({ fresh: _before }, { onCleanup }) => {
  const workers: TestWorker[] = [];
  onCleanup(async () => {
    for (const worker of workers) await worker.stop();
  });
  return async (url: string) => {
    const { logger, lines, entries } = recordingLogger();
    const worker = { ...(await startWorker(url, logger)), lines, entries };
    workers.push(worker);
    return worker;
  };
});
