import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Logger as MigrateLogger, migrate, watch } from "graphile-migrate";
import { clearAllPools } from "graphile-migrate/dist/pg.js";
import { Logger as WorkerLogger, runMigrations } from "graphile-worker";
import { applySql } from "./apply-sql.ts";
import type { AppliedSql } from "./apply-sql.ts";
import { withClient } from "./pool.ts";
import { migrationsFolder, sqlFolder } from "./root.ts";

/** Any number will do as long as nobody else takes it; held for the whole of a migration. */
const MIGRATION_LOCK = 762_310_001;

export interface MigrateOptions {
  /** Told in one line each what is being done. */
  onProgress?: (line: string) => void;
  /** Also run migrations/current.sql, the migration that is still being written (false). */
  withCurrent?: boolean;
  migrationsFolder?: string;
  sqlFolder?: string;
}

/**
 * Brings a database up to date: the worker's own schema, the committed migrations, then sql/.
 *
 * Safe to repeat and to start from several machines at once: they wait for each other.
 */
export async function migrateDatabase(
  connectionString: string,
  options: MigrateOptions = {},
): Promise<AppliedSql> {
  const { onProgress = () => {} } = options;
  return await withClient(connectionString, async (client) => {
    await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    onProgress("worker schema");
    await runMigrations({ connectionString, logger: new WorkerLogger(() => () => {}) });
    onProgress("migrations");
    await runCommitted(connectionString, options);
    onProgress("sql");
    return await applySql(client, { folder: options.sqlFolder ?? sqlFolder });
  });
}

async function runCommitted(connectionString: string, options: MigrateOptions): Promise<void> {
  const folder = options.migrationsFolder ?? migrationsFolder;
  const settings = {
    connectionString,
    migrationsFolder: folder,
    logger: new MigrateLogger(() => () => {}),
  };
  try {
    await retryWhileLocked(() => migrate(settings));
    if (options.withCurrent === true && (await hasCurrent(folder))) {
      options.onProgress?.("migrations/current.sql");
      await retryWhileLocked(() => watch(settings, true));
    }
  } finally {
    // graphile-migrate keeps its idle connection for a while and ends the process if that breaks.
    clearAllPools();
  }
}

/** Somebody may be running graphile-migrate by hand; it refuses to wait, so we do. */
async function retryWhileLocked(work: () => Promise<unknown>, attempts = 120): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work();
      return;
    } catch (error) {
      const isLocked = error instanceof Error && error.message.includes("exclusive lock");
      if (!isLocked || attempt === attempts) throw error;
      await sleep(250);
    }
  }
}

async function hasCurrent(folder: string): Promise<boolean> {
  const text = await readFile(join(folder, "current.sql"), "utf8").catch(() => "");
  return text.replaceAll(/--.*$/gm, "").trim() !== "";
}
