import { withClient } from "../../worker/database/pool.ts";
import { migrateDatabase } from "../../worker/database/migrate.ts";
import { runNightly } from "../../worker/nightly/run.ts";
import { count, mustEqual } from "../nightly/counts.ts";
import type { Counts } from "../nightly/counts.ts";
import { measureFloor, saveFinalRows } from "../nightly/floor.ts";
import type { Floor } from "../nightly/floor.ts";
import { measure } from "../support/measure.ts";
import type { Measurement } from "../support/measure.ts";
import { createDatabase, dropDatabase, settle } from "../support/server.ts";
import type { BenchServer } from "../support/server.ts";
import { withVariant } from "../support/variant.ts";
import { runFoil } from "./foil.ts";
import { prepare } from "./prepare.ts";
import type { Prepared } from "./prepare.ts";

const DATABASES = { start: "bench_follow_up_start", variant: "bench_follow_up_variant" };

export interface SizeOptions {
  assignments: number;
  foilSample: number;
  onProgress: (line: string) => void;
}

export interface SizeResult {
  assignments: number;
  decide: Measurement;
  ours: Measurement;
  repetition: Measurement;
  floor: Floor;
  /** What was measured, and what it comes to for all assignments. */
  foil: Measurement & { assignments: number; extrapolated: number };
  counts: Counts;
}

/** Measures every variant for one number of assignments; their databases are dropped again. */
export async function measureSize(server: BenchServer, options: SizeOptions): Promise<SizeResult> {
  const { assignments, onProgress } = options;
  try {
    onProgress("preparing");
    await createDatabase(server, DATABASES.start);
    await migrateDatabase(server.url(DATABASES.start), { withCurrent: true });
    const prepared = await withClient(server.url(DATABASES.start), async (client) => {
      const done = await prepare(client, assignments);
      await settle(client);
      return done;
    });
    onProgress("decide");
    const decide = await measureDecision(server, prepared, assignments);
    const ours = await measureOurs(server, prepared, options);
    onProgress("floor");
    const floor = await measureFloor(server, DATABASES, ours.counts);
    const foil = await measureFoil(server, prepared, ours.counts, options);
    return { assignments, decide, ...ours, floor, foil };
  } finally {
    await dropDatabase(server, DATABASES.variant);
    await dropDatabase(server, DATABASES.start);
  }
}

/** On the starting state itself, because it changes nothing and warms no copy. */
async function measureDecision(
  server: BenchServer,
  { organizationId, runOn }: Prepared,
  assignments: number,
): Promise<Measurement> {
  return await withClient(server.url(DATABASES.start), async (client) => {
    let decided: number | undefined;
    const measured = await measure(async () => {
      const { rows } = await client.query<{ decided: number }>(
        `select count(d.reason) as decided
         from app_private.nightly_decisions($1::uuid, $2::date) as d
         where d.action = 'follow_up'`,
        [organizationId, runOn],
      );
      decided = rows[0]?.decided;
    });
    if (decided !== assignments) throw new Error(`${decided} follow-ups were decided`);
    return measured;
  });
}

async function measureOurs(
  server: BenchServer,
  prepared: Prepared,
  { assignments, onProgress }: SizeOptions,
): Promise<Pick<SizeResult, "ours" | "repetition" | "counts">> {
  const url = server.url(DATABASES.variant);
  return await withVariant(server, DATABASES, 4, async (pool) => {
    const night = async () => {
      const { state, counts } = await runNightly(pool, prepared);
      if (state !== "succeeded" || counts.followedUp !== assignments) {
        throw new Error(`our run ended as ${state} with ${counts.followedUp} follow-ups`);
      }
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
  { assignments, foilSample, onProgress }: SizeOptions,
): Promise<SizeResult["foil"]> {
  const sample = Math.min(assignments, foilSample);
  return await withVariant(server, DATABASES, 1, async (pool) => {
    await withClient(server.url(DATABASES.variant), async (client) => {
      await client.query("checkpoint");
    });
    onProgress("foil");
    let done = 0;
    const measured = await measure(async () => {
      done = (await runFoil(pool, prepared, sample)).assignments;
    });
    if (done !== sample) throw new Error(`the foil did ${done} assignments`);
    if (sample === assignments) {
      mustEqual("the foil", await withClient(server.url(DATABASES.variant), count), counts);
    }
    const extrapolated = (measured.milliseconds * assignments) / sample;
    return { ...measured, assignments: sample, extrapolated };
  });
}
