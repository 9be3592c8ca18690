import { withClient } from "../../worker/database/pool.ts";
import { measure } from "../support/measure.ts";
import type { Measurement } from "../support/measure.ts";
import { dropDatabase, settle } from "../support/server.ts";
import type { BenchServer } from "../support/server.ts";
import { mustAgree } from "./agreement.ts";
import { changeAll, createAssociation, mentorKeys, setParallelism } from "./prepare.ts";
import type { Traffic } from "./simulator-process.ts";
import { trafficOf, withSimulator } from "./simulator.ts";
import type { SimulatorProcess } from "./simulator.ts";
import { withWorker } from "./worker.ts";

const DATABASE = "bench_portal";

/** Rows that Dataverse gives in one page of a list. */
const PAGE_SIZE = 5000;

export interface DrainOptions {
  listings: number;
  parallelism: number;
  latencyMs: number;
  onProgress: (line: string) => void;
}

/** first: nothing is known of the portal. later: every row's ETag is remembered. */
export interface DrainResult extends Measurement, Traffic {
  case: "first" | "later";
  listings: number;
  parallelism: number;
  latencyMs: number;
  /** The indispensable requests one after the other in each place, in milliseconds. */
  floor: number;
}

/** A first sync of all listings, and then one after each has changed. */
export async function measureDrains(
  server: BenchServer,
  options: DrainOptions,
): Promise<DrainResult[]> {
  const { listings, parallelism, latencyMs, onProgress } = options;
  const url = server.url(DATABASE);
  try {
    return await withSimulator(latencyMs, async (simulator) => {
      onProgress("preparing");
      await createAssociation(server, DATABASE, listings);
      await setParallelism(url, parallelism);
      await simulator.ask("seed", await mentorKeys(url));
      onProgress("first sync");
      const first = await measureDrain(url, simulator, { ...options, case: "first" });
      await withClient(url, async (client) => {
        await changeAll(client);
        await settle(client);
      });
      onProgress("later change");
      return [first, await measureDrain(url, simulator, { ...options, case: "later" })];
    });
  } finally {
    await dropDatabase(server, DATABASE);
  }
}

async function measureDrain(
  url: string,
  simulator: SimulatorProcess,
  options: DrainOptions & { case: DrainResult["case"] },
): Promise<DrainResult> {
  const { onProgress: _, ...what } = options;
  const { listings, latencyMs, parallelism } = what;
  return await withWorker(url, simulator, async ({ portal, pool }) => {
    let measured: Measurement | undefined;
    const traffic = await trafficOf(simulator, async () => {
      measured = await measure(async () => {
        const summary = await portal.sync(pool, {});
        if (summary?.written === listings) return;
        throw new Error(`the drain has ended with ${JSON.stringify(summary)}`);
      });
    });
    await mustAgree(`the drain (${what.case})`, url, simulator, { knowsIt: true });
    const indispensable = listings + (what.case === "first" ? Math.ceil(listings / PAGE_SIZE) : 0);
    return {
      ...what,
      ...measured!,
      ...traffic,
      floor: (indispensable * latencyMs) / parallelism,
    };
  });
}
