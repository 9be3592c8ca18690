import { withClient } from "../../worker/database/pool.ts";
import { migrateDatabase } from "../../worker/database/migrate.ts";
import { runNightly } from "../../worker/nightly/run.ts";
import { measure } from "../support/measure.ts";
import type { Measurement } from "../support/measure.ts";
import { createDatabase, dropDatabase, settle } from "../support/server.ts";
import type { BenchServer } from "../support/server.ts";
import { withVariant } from "../support/variant.ts";
import { count, mustEqual } from "./counts.ts";
import type { Counts } from "./counts.ts";
import { CONCURRENCY, runFoil } from "./foil.ts";
import { measureFloor, saveFinalRows } from "./floor.ts";
import type { Floor } from "./floor.ts";
import { prepare } from "./prepare.ts";
import type { Prepared } from "./prepare.ts";

const START = "bench_nightly_start";
const VARIANT = "bench_nightly_variant";
const DATABASES = { start: START, variant: VARIANT };

export interface SizeOptions {
  mentors: number;
  foilSample: number;
  batchSize: number | undefined;
  onProgress: (line: string) => void;
}

export interface SizeResult {
  mentors: number;
  due: number;
  ours: Measurement;
  repetition: Measurement;
  floor: Floor;
  /** What was measured, and what it comes to for everybody who is due. */
  foil: Measurement & { mentors: number; extrapolated: number };
  counts: Counts;
}

/** Measures every variant for one number of mentors; their databases are dropped again. */
export async function measureSize(server: BenchServer, options: SizeOptions): Promise<SizeResult> {
  const { mentors, onProgress } = options;
  try {
    onProgress("preparing");
    await createDatabase(server, START);
    await migrateDatabase(server.url(START), { withCurrent: true });
    const prepared = await withClient(server.url(START), async (client) => {
      const done = await prepare(client, mentors);
      await settle(client);
      return done;
    });
    const ours = await measureOurs(server, prepared, options);
    onProgress("floor");
    const floor = await measureFloor(server, DATABASES, ours.counts);
    const foil = await measureFoil(server, prepared, ours.counts, options);
    return { mentors, due: prepared.expired + prepared.reminded, ...ours, floor, foil };
  } finally {
    await dropDatabase(server, VARIANT);
    await dropDatabase(server, START);
  }
}

async function measureOurs(
  server: BenchServer,
  prepared: Prepared,
  options: SizeOptions,
): Promise<Pick<SizeResult, "ours" | "repetition" | "counts">> {
  const { organizationId, runOn, expired, reminded } = prepared;
  const { batchSize, onProgress } = options;
  const url = server.url(VARIANT);
  return await withVariant(server, DATABASES, 4, async (pool) => {
    const night = async () => {
      const run = await runNightly(pool, {
        organizationId,
        runOn,
        ...(batchSize === undefined ? {} : { batchSize }),
      });
      const { paused, reminded: told, hidden } = run.counts;
      if (run.state !== "succeeded" || paused !== expired || told !== reminded) {
        throw new Error(`our run ended as ${run.state} with ${paused} pauses, ${told} reminders`);
      }
      if (hidden !== expired) throw new Error(`our run hid ${hidden} instead of ${expired}`);
    };
    await withClient(url, async (client) => await client.query("checkpoint"));
    onProgress("ours");
    const ours = await measure(night);
    const counts = await withClient(url, count);
    await withClient(url, settle);
    onProgress("repetition");
    const repetition = await measure(night);
    mustEqual("the repetition", await withClient(url, count), counts);
    await withClient(url, saveFinalRows);
    return { ours, repetition, counts };
  });
}

async function measureFoil(
  server: BenchServer,
  prepared: Prepared,
  counts: Counts,
  { foilSample, onProgress }: SizeOptions,
): Promise<SizeResult["foil"]> {
  const due = prepared.expired + prepared.reminded;
  return await withVariant(server, DATABASES, CONCURRENCY, async (pool) => {
    await withClient(server.url(VARIANT), async (client) => await client.query("checkpoint"));
    onProgress("foil");
    let mentors = 0;
    const measured = await measure(async () => {
      ({ mentors } = await runFoil(pool, prepared, foilSample));
    });
    if (mentors !== Math.min(due, foilSample)) throw new Error(`the foil did ${mentors} mentors`);
    if (mentors === due) {
      mustEqual("the foil", await withClient(server.url(VARIANT), count), counts);
    }
    return { ...measured, mentors, extrapolated: (measured.milliseconds * due) / mentors };
  });
}
