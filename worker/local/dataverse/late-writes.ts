import { setTimeout as sleep } from "node:timers/promises";
import type { Answer } from "./answers.ts";

/** Waits, at most until the simulator stops. */
export async function pause(ms: number, stopped: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal: stopped }).catch(() => {});
}

/** Requests that are handled when nobody waits for them any more. */
export class LateWrites {
  readonly writes: Promise<{ status: number }>[] = [];
  readonly #stopped: AbortSignal;

  constructor(stopped: AbortSignal) {
    this.#stopped = stopped;
  }

  add(afterMs: number, work: () => Answer): void {
    this.writes.push(this.#run(afterMs, work));
  }

  async #run(afterMs: number, work: () => Answer): Promise<{ status: number }> {
    await pause(afterMs, this.#stopped);
    return { status: this.#stopped.aborted ? 0 : work().status };
  }
}
