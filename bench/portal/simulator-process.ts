import { performance } from "node:perf_hooks";
import { startSimulator } from "../../worker/local/dataverse/simulator.ts";
import type { RequestKind, Row } from "../../worker/local/dataverse/simulator.ts";

/*
 * The portal in a process of its own: in the one of the sync they would take turns, and an answer
 * would wait for the work that it is there to measure.
 *
 * Run as: node simulator-process.ts LATENCY_MS, with a channel to the process that has started it.
 */

/** What may be asked over the channel, and what is answered. */
export interface Questions {
  /** The variables that lead the worker here. */
  environment(): Record<string, string>;
  /** Puts one hidden row for each key. */
  seed(keys: string[]): void;
  /** All there was since the start. */
  traffic(): Traffic;
  rows(): Row[];
  /** Remembers the rows for goBack. */
  mark(): void;
  goBack(): void;
}

export interface Traffic {
  requests: Record<RequestKind, number>;
  /** How long this process was not waiting for anything, in milliseconds. */
  busy: number;
}

export interface Question {
  name: keyof Questions;
  values: unknown[];
}

const simulator = await startSimulator({ latencyMs: Number(process.argv[2]) });
let marked: unknown;

const answers: Questions = {
  environment: () => simulator.environment(),
  seed: (keys) => {
    for (const key of keys) simulator.add(key);
  },
  traffic: () => ({
    requests: {
      token: simulator.requests("token"),
      whoami: simulator.requests("whoami"),
      read: simulator.requests("read"),
      write: simulator.requests("write"),
      list: simulator.requests("list"),
      other: simulator.requests("other"),
    },
    busy: performance.eventLoopUtilization().active,
  }),
  rows: () => simulator.rows(),
  mark: () => {
    marked = simulator.snapshot();
  },
  goBack: () => simulator.restore(marked),
};

process.on("message", ({ name, values }: Question) => {
  // Whoever asks is held to the types of Questions.
  const answer = answers[name] as (...values: unknown[]) => unknown;
  process.send!({ answer: answer(...values) });
});
// Without the process that it was started for it is of no use to anybody.
process.on("disconnect", () => process.exit());
process.send!({ answer: undefined });
