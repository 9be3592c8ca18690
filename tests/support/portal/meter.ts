import type { DynamicsClient } from "../../../worker/dynamics/client.ts";

/** Counts how many calls about rows are under way at once, over all clients that it watches. */
export class Meter {
  most = 0;
  #now = 0;

  /** The same client, counted. */
  watch(client: DynamicsClient): DynamicsClient {
    return {
      ...client,
      read: (...args) => this.#count(() => client.read(...args)),
      write: (...args) => this.#count(() => client.write(...args)),
    };
  }

  async #count<Result>(call: () => Promise<Result>): Promise<Result> {
    this.#now += 1;
    this.most = Math.max(this.most, this.#now);
    try {
      return await call();
    } finally {
      this.#now -= 1;
    }
  }
}
