import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";
import { migrateDatabase } from "../../worker/database/migrate.ts";
import { migrationsFolder, sqlFolder } from "../../worker/database/root.ts";
import { databaseUrl } from "./server.ts";

/**
 * A run of the suite says that it is alive by an advisory lock on its number, which ends with its
 * connection however it dies. Databases whose lock is free belong to nobody.
 */
const RUN_LOCK = 762_311;
const TEMPLATE_LOCK = 762_312;

const TEMPLATE_PREFIX = "mentor_lifecycle_template_";
export const CLONE_PREFIX = "mentor_lifecycle_test_";

export async function beginRun(admin: pg.Client): Promise<number> {
  const run = Math.floor(Math.random() * 2 ** 31);
  await admin.query("select pg_advisory_lock($1, $2)", [RUN_LOCK, run]);
  return run;
}

/** Runs with the same files share a template; the first one makes it while the others wait. */
export async function prepareTemplate(admin: pg.Client, serverUrl: string): Promise<string> {
  const digest = await digestOfSources();
  const name = `${TEMPLATE_PREFIX}${digest}`;
  await admin.query("select pg_advisory_lock($1, $2)", [TEMPLATE_LOCK, templateKey(name)]);
  const { rowCount } = await admin.query(
    "select from pg_database where datname = $1 and not datallowconn",
    [name],
  );
  if (!rowCount) {
    // One that still allows connections was left half-made by a run that died.
    await admin.query(`drop database if exists ${name} with (force)`);
    await admin.query(`create database ${name} template template0 encoding 'UTF8'`);
    await migrateDatabase(databaseUrl(serverUrl, name), { withCurrent: true });
    await admin.query(`alter database ${name} with allow_connections false`);
  }
  await admin.query("select pg_advisory_lock_shared($1, $2)", [TEMPLATE_LOCK, templateKey(name)]);
  await admin.query("select pg_advisory_unlock($1, $2)", [TEMPLATE_LOCK, templateKey(name)]);
  return name;
}

/** Drops what this run made, and what runs that died before they could do so have left. */
export async function endRun(admin: pg.Client): Promise<void> {
  await admin.query("select pg_advisory_unlock_all()");
  const { rows } = await admin.query<{ datname: string }>(
    "select datname from pg_database where starts_with(datname, $1) or starts_with(datname, $2)",
    [CLONE_PREFIX, TEMPLATE_PREFIX],
  );
  for (const { datname } of rows) {
    const [space, key] = datname.startsWith(TEMPLATE_PREFIX)
      ? [TEMPLATE_LOCK, templateKey(datname)]
      : [RUN_LOCK, Number(datname.slice(CLONE_PREFIX.length).split("_")[0])];
    const { rows: locked } = await admin.query<{ free: boolean }>(
      "select pg_try_advisory_lock($1, $2) as free",
      [space, key],
    );
    if (!locked[0]?.free) continue;
    await admin.query(`drop database if exists ${datname} with (force)`).catch(() => {});
    await admin.query("select pg_advisory_unlock($1, $2)", [space, key]);
  }
}

function templateKey(name: string): number {
  return Number.parseInt(name.slice(TEMPLATE_PREFIX.length).slice(0, 7), 16);
}

async function digestOfSources(): Promise<string> {
  const hash = createHash("sha256");
  for (const folder of [migrationsFolder, sqlFolder]) {
    const entries = await readdir(folder, { recursive: true, encoding: "utf8" }).catch(() => []);
    for (const path of entries.toSorted((a, b) => (a < b ? -1 : 1))) {
      if (!path.endsWith(".sql")) continue;
      hash.update(`${path}\0`).update(await readFile(join(folder, path)));
    }
  }
  return hash.digest("hex").slice(0, 16);
}
