import { onTestFinished } from "vitest";
import { createLogger } from "../../worker/logger.ts";
import { startWorker } from "../../worker/runner.ts";
import type { RunningWorker } from "../../worker/runner.ts";

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

/** A worker of this process, which is stopped at the end of the test if it is not before. */
export async function aWorker(url: string): Promise<TestWorker> {
  const { logger, lines, entries } = recordingLogger();
  const worker = await startWorker(url, logger);
  onTestFinished(() => worker.stop());
  return { ...worker, lines, entries };
}
