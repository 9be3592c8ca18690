import type pg from "pg";
import { workerPreset as preset } from "../../worker/preset.ts";
import { createPool } from "../../worker/database/pool.ts";
import { readDynamicsConfig } from "../../worker/dynamics/config.ts";
import { Portal } from "../../worker/portal/portal.ts";
import type { SimulatorProcess } from "./simulator.ts";

export interface Worker {
  portal: Portal;
  pool: pg.Pool;
}

/** What a worker process has just after its start: as many connections as in production, no token. */
export async function withWorker<Result>(
  url: string,
  simulator: SimulatorProcess,
  work: (worker: Worker) => Promise<Result>,
): Promise<Result> {
  const { config, problems } = readDynamicsConfig(await simulator.ask("environment"));
  if (config === undefined) throw new Error(`The simulator's settings: ${problems?.join("; ")}`);
  const pool = createPool(url, {
    max: preset.worker?.maxPoolSize ?? 12,
    settings: { "mentor_lifecycle.actor": "worker" },
  });
  try {
    return await work({ portal: new Portal(config), pool });
  } finally {
    await pool.end();
  }
}
