import type pg from "pg";
import { createPool } from "../../worker/database/pool.ts";
import { cloneDatabase } from "./server.ts";
import type { BenchServer } from "./server.ts";

/** The starting state, and the copy of it that is worked on. */
export interface Databases {
  start: string;
  variant: string;
}

/** A pool for the work, on a fresh copy of the starting state. */
export async function withVariant<Result>(
  server: BenchServer,
  { start, variant }: Databases,
  max: number,
  work: (pool: pg.Pool) => Promise<Result>,
): Promise<Result> {
  await cloneDatabase(server, start, variant);
  const pool = createPool(server.url(variant), { max });
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}
