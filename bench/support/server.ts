import type pg from "pg";
import { withClient } from "../../worker/database/pool.ts";
import { startPostgres } from "../../worker/local/postgres.ts";

/** As a small production server has it: durable, a share of the memory, room for the log. */
const DURABLE_SETTINGS = {
  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  shared_buffers: "512MB",
  max_wal_size: "8GB",
};

const SHOWN_SETTINGS = [
  "fsync",
  "synchronous_commit",
  "full_page_writes",
  "shared_buffers",
  "work_mem",
  "max_wal_size",
  "autovacuum",
  "jit",
];

export interface BenchServer {
  /** Connection string for a database on it. */
  url(database: string): string;
  version: string;
  settings: Record<string, string>;
}

/** Lends a server: the one of a connection string, else a temporary one of our own. */
export async function withServer<Result>(
  connectionString: string | undefined,
  work: (server: BenchServer) => Promise<Result>,
): Promise<Result> {
  if (connectionString !== undefined) {
    const url = (database: string) => {
      const changed = new URL(connectionString);
      changed.pathname = `/${database}`;
      return changed.href;
    };
    return await work({ url, ...(await describe(url("postgres"))) });
  }
  const local = await startPostgres({ persistent: false, settings: DURABLE_SETTINGS });
  try {
    const url = (database: string) => local.url(database);
    return await work({ url, ...(await describe(url("postgres"))) });
  } finally {
    await local.stop();
  }
}

async function describe(url: string): Promise<Pick<BenchServer, "version" | "settings">> {
  return await withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string; value: string }>(
      `select s.name, current_setting(s.name) as value
       from pg_settings as s
       where s.name = any ($1::text[])`,
      [["server_version", ...SHOWN_SETTINGS]],
    );
    const values = Object.fromEntries(rows.map(({ name, value }) => [name, value]));
    const { server_version: version = "unknown", ...settings } = values;
    return { version, settings };
  });
}

/** Copies a database file by file, so that every variant starts from the same pages. */
export async function cloneDatabase(server: BenchServer, from: string, to: string): Promise<void> {
  await withClient(server.url("postgres"), async (client) => {
    await client.query(`drop database if exists ${to} with (force)`);
    // Before version 15 there was no other way of copying and no name for it.
    const strategy = Number.parseInt(server.version, 10) >= 15 ? "strategy file_copy" : "";
    await client.query(`create database ${to} template ${from} ${strategy}`);
  });
}

export async function createDatabase(server: BenchServer, name: string): Promise<void> {
  await withClient(server.url("postgres"), async (client) => {
    await client.query(`drop database if exists ${name} with (force)`);
    await client.query(`create database ${name}`);
  });
}

export async function dropDatabase(server: BenchServer, name: string): Promise<void> {
  await withClient(server.url("postgres"), async (client) => {
    await client.query(`drop database if exists ${name} with (force)`);
  });
}

/** Leaves no work of the preparation to the measurement: statistics, hint bits, dirty pages. */
export async function settle(client: pg.ClientBase): Promise<void> {
  await client.query("vacuum analyze");
  await client.query("checkpoint");
}
