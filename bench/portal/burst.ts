import type pg from "pg";
import { withClient } from "../../worker/database/pool.ts";
import type { Portal } from "../../worker/portal/portal.ts";
import { measure } from "../support/measure.ts";
import type { Measurement } from "../support/measure.ts";
import { cloneDatabase, dropDatabase, settle } from "../support/server.ts";
import type { BenchServer } from "../support/server.ts";
import { mustAgree } from "./agreement.ts";
import { prepareFoil, replay } from "./foil.ts";
import { changeAll, createAssociation, mentorKeys, setParallelism } from "./prepare.ts";
import type { Traffic } from "./simulator-process.ts";
import { trafficOf, withSimulator } from "./simulator.ts";
import type { SimulatorProcess } from "./simulator.ts";
import { withWorker } from "./worker.ts";
import type { Worker } from "./worker.ts";

const START = "bench_portal_start";
const VARIANT = "bench_portal_variant";

/** How often every listing changes. */
export const CHANGES = 5;

/** Of all listings that have to be told before the next change comes in. */
const SHARE_BETWEEN = 0.1;

export interface BurstOptions {
  listings: number;
  parallelism: number;
  latencyMs: number;
  onProgress: (line: string) => void;
}

export type Variant = "before" | "during" | "apart" | "foil";

export interface BurstResult extends Measurement, Traffic {
  variant: Variant;
  listings: number;
  changes: number;
  parallelism: number;
  latencyMs: number;
}

/** What a variant works with; the changes come in over a connection of their own. */
interface Stage extends Worker {
  client: pg.Client;
  environment: Record<string, string>;
  options: BurstOptions;
}

/** What happens before the measurement, and in it. */
const VARIANTS: Record<
  Variant,
  { prepare?: (stage: Stage) => Promise<void>; work: (stage: Stage) => Promise<void> }
> = {
  before: {
    prepare: async ({ client }) => await changeOften(client),
    work: async ({ portal, pool }) => {
      await portal.sync(pool, {});
    },
  },
  during: { work: changeWhileItRuns },
  apart: {
    work: async ({ client, portal, pool }) => {
      for (let change = 0; change < CHANGES; change += 1) {
        await changeAll(client);
        await portal.sync(pool, {});
      }
    },
  },
  foil: {
    prepare: async ({ client }) => {
      await prepareFoil(client);
      await changeOften(client);
    },
    work: async ({ pool, environment, options }) => {
      await replay(pool, environment, options.parallelism);
    },
  },
};

/** Every listing changes a few times in a row; all variants start from the same state. */
export async function measureBursts(
  server: BenchServer,
  options: BurstOptions,
): Promise<BurstResult[]> {
  const { listings, parallelism, latencyMs, onProgress } = options;
  try {
    return await withSimulator(latencyMs, async (simulator) => {
      onProgress("preparing");
      const url = server.url(START);
      await createAssociation(server, START, listings);
      await setParallelism(url, parallelism);
      await simulator.ask("seed", await mentorKeys(url));
      await withWorker(url, simulator, async ({ portal, pool }) => await portal.sync(pool, {}));
      await mustAgree("the preparation", url, simulator, { knowsIt: true });
      await simulator.ask("mark");
      const results: BurstResult[] = [];
      for (const variant of Object.keys(VARIANTS) as Variant[]) {
        onProgress(variant);
        await simulator.ask("goBack");
        results.push(await measureVariant(server, simulator, options, variant));
      }
      return results;
    });
  } finally {
    await dropDatabase(server, VARIANT);
    await dropDatabase(server, START);
  }
}

async function measureVariant(
  server: BenchServer,
  simulator: SimulatorProcess,
  options: BurstOptions,
  variant: Variant,
): Promise<BurstResult> {
  await cloneDatabase(server, START, VARIANT);
  const url = server.url(VARIANT);
  const environment = await simulator.ask("environment");
  const { prepare, work } = VARIANTS[variant];
  const measured = await withWorker(url, simulator, async (worker) => {
    return await withClient(url, async (client) => {
      const stage: Stage = { ...worker, client, environment, options };
      await prepare?.(stage);
      await settle(client);
      let measurement: Measurement | undefined;
      const traffic = await trafficOf(simulator, async () => {
        measurement = await measure(async () => await work(stage));
      });
      return { ...measurement!, ...traffic };
    });
  });
  await mustAgree(variant, url, simulator, { knowsIt: variant !== "foil" });
  const { onProgress: _, ...what } = options;
  return { variant, changes: CHANGES, ...what, ...measured };
}

async function changeOften(client: pg.ClientBase): Promise<void> {
  for (let change = 0; change < CHANGES; change += 1) await changeAll(client);
}

/** The next change comes in as soon as a few listings have been told of the one before. */
async function changeWhileItRuns({ client, portal, pool, options }: Stage): Promise<void> {
  const drain = new WatchedDrain(portal, pool);
  for (let change = 0; change < CHANGES; change += 1) {
    if (change > 0) await drain.told(Math.ceil(options.listings * SHARE_BETWEEN));
    await changeAll(client);
    drain.wake();
  }
  await drain.ended();
}

/** Drains that are woken as the worker's jobs wake them, and how far they have come. */
class WatchedDrain {
  readonly #portal: Portal;
  readonly #pool: pg.Pool;
  readonly #drains: Promise<unknown>[] = [];
  readonly #failed = Promise.withResolvers<never>();
  #onTold: () => void = () => {};

  constructor(portal: Portal, pool: pg.Pool) {
    this.#portal = portal;
    this.#pool = pool;
    // Who waits for a number of listings hears of it; nobody has to.
    this.#failed.promise.catch(() => {});
  }

  wake(): void {
    const drain = this.#portal.sync(this.#pool, { onListing: () => this.#onTold() });
    drain.catch(this.#failed.reject);
    this.#drains.push(drain);
  }

  /** Settles when so many more listings are done with. */
  async told(count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    let left = count;
    this.#onTold = () => {
      left -= 1;
      if (left === 0) resolve();
    };
    await Promise.race([promise, this.#failed.promise]);
  }

  async ended(): Promise<void> {
    await Promise.all(this.#drains);
  }
}
