import { setTimeout as sleep } from "node:timers/promises";
import { DynamicsError } from "../dynamics/errors.ts";

/** How often in a row nothing may come of it. */
const ROUNDS = 6;

const MOST_SECONDS = 60;

export interface Waiting {
  seconds: number;
  /** Why, in a sentence. */
  reason: string;
}

export interface PatienceOptions {
  signal?: AbortSignal | undefined;
  /** Told before each wait. */
  onWait?: ((waiting: Waiting) => void) | undefined;
}

/** Waits for the portal: as long as it says, else longer from time to time, and not for ever. */
export class Patience {
  readonly #options: PatienceOptions;
  #inVain = 0;

  constructor(options: PatienceOptions) {
    this.#options = options;
  }

  /** Something came of the last attempt. */
  succeed(): void {
    this.#inVain = 0;
  }

  /** Returns false at once when it is time to give up. */
  async wait(reason: string, seconds: number | undefined): Promise<boolean> {
    const { signal, onWait } = this.#options;
    this.#inVain += 1;
    if (this.#inVain >= ROUNDS || signal?.aborted) return false;
    const waiting = { seconds: seconds ?? Math.min(2 ** this.#inVain, MOST_SECONDS), reason };
    onWait?.(waiting);
    await sleep(waiting.seconds * 1000, undefined, signal && { signal }).catch(() => {});
    return !signal?.aborted;
  }

  /** Calls again as long as the portal asks to wait. */
  async untilLetThrough<Result>(call: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof DynamicsError) || error.errorClass !== "throttled") throw error;
        if (!(await this.wait(error.message, error.retryAfterSeconds))) throw error;
      }
    }
  }
}
