import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Question, Questions, Traffic } from "./simulator-process.ts";

/** The simulator in its own process; it answers one question at a time. */
export class SimulatorProcess {
  readonly #child: ChildProcess;
  readonly #ended = new AbortController();

  constructor(latencyMs: number) {
    this.#child = fork(join(import.meta.dirname, "simulator-process.ts"), [String(latencyMs)], {
      serialization: "advanced",
    });
    this.#child.once("exit", () => this.#ended.abort());
  }

  /** Settles when it listens. */
  async start(): Promise<void> {
    await this.#answer();
  }

  async ask<Name extends keyof Questions>(
    name: Name,
    ...values: Parameters<Questions[Name]>
  ): Promise<ReturnType<Questions[Name]>> {
    const question: Question = { name, values };
    this.#child.send(question);
    return (await this.#answer()) as ReturnType<Questions[Name]>;
  }

  async stop(): Promise<void> {
    if (this.#ended.signal.aborted) return;
    this.#child.disconnect();
    await once(this.#child, "exit");
  }

  async #answer(): Promise<unknown> {
    try {
      const [message] = await once(this.#child, "message", { signal: this.#ended.signal });
      return (message as { answer: unknown }).answer;
    } catch (error) {
      throw new Error("The simulator's process has ended; what it said stands above.", {
        cause: error,
      });
    }
  }
}

export async function withSimulator<Result>(
  latencyMs: number,
  work: (simulator: SimulatorProcess) => Promise<Result>,
): Promise<Result> {
  const simulator = new SimulatorProcess(latencyMs);
  try {
    await simulator.start();
    return await work(simulator);
  } finally {
    await simulator.stop();
  }
}

/** What the simulator received while something was done. */
export async function trafficOf(
  simulator: SimulatorProcess,
  work: () => Promise<unknown>,
): Promise<Traffic> {
  const before = await simulator.ask("traffic");
  await work();
  const { requests, busy } = await simulator.ask("traffic");
  const since = Object.entries(requests).map(([kind, count]) => [
    kind,
    count - before.requests[kind as keyof Traffic["requests"]],
  ]);
  return {
    requests: Object.fromEntries(since) as Traffic["requests"],
    busy: busy - before.busy,
  };
}
