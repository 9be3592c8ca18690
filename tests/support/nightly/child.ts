import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("../../worker/nightly/child.ts", import.meta.url));

export interface NightlyChild {
  process: ChildProcess;
  lines: string[];
  /** Waits until the process has printed a line, or has ended. */
  printed(line: string): Promise<void>;
  ended: Promise<unknown>;
}

/** A night in a process of its own; it freezes after a batch if asked to (0: never). */
export function startNightlyChild(
  url: string,
  organizationId: string,
  runOn: string,
  { batchSize = 5, freezeAfter = 0 }: { batchSize?: number; freezeAfter?: number } = {},
): NightlyChild {
  const child = spawn(
    process.execPath,
    [SCRIPT, url, organizationId, runOn, String(batchSize), String(freezeAfter)],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const lines: string[] = [];
  const output = createInterface({ input: child.stdout });
  output.on("line", (line) => lines.push(line));
  const ended = once(child, "close");
  return {
    process: child,
    lines,
    ended,
    printed: async (line) => {
      while (!lines.includes(line) && child.exitCode === null && child.signalCode === null) {
        await Promise.race([once(output, "line"), ended]);
      }
    },
  };
}
