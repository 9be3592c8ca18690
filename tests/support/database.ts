import { randomBytes } from "node:crypto";
import type pg from "pg";
import { test as base, inject } from "vitest";
import { createPool, withClient } from "../../worker/database/pool.ts";
import { databaseUrl } from "./server.ts";
import { CLONE_PREFIX } from "./template.ts";

export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

/** A migrated database of one's own, or an empty one; for tests that need commits. */
export async function freshDatabase(options: { empty?: boolean } = {}): Promise<TestDatabase> {
  const serverUrl = inject("serverUrl");
  const name = `${CLONE_PREFIX}${inject("testRun")}_${randomBytes(6).toString("hex")}`;
  const template = options.empty === true ? "template0" : inject("templateDatabase");
  await onServer(serverUrl, (client) =>
    client.query(`create database ${name} template ${template} strategy file_copy`),
  );
  return {
    url: databaseUrl(serverUrl, name),
    drop: async () => {
      await onServer(serverUrl, (client) =>
        client.query(`drop database if exists ${name} with (force)`),
      );
    },
  };
}

async function onServer(
  serverUrl: string,
  work: (client: pg.Client) => Promise<unknown>,
): Promise<void> {
  await withClient(serverUrl, work, "mentor-lifecycle-tests");
}

/**
 * `databaseUrl` and `pool`: a clone of the migrated template for the file.
 * `tx`: a connection to it in a transaction that is always rolled back, for one test.
 * `fresh`: makes databases for one test, which are dropped after it.
 */
export const test = base
  .extend("databaseUrl", { scope: "file" }, async ({}, { onCleanup }) => {
    const database = await freshDatabase();
    onCleanup(() => database.drop());
    return database.url;
  })
  .extend("pool", { scope: "file" }, async ({ databaseUrl }, { onCleanup }) => {
    const pool = createPool(databaseUrl, { applicationName: "mentor-lifecycle-tests" });
    onCleanup(() => pool.end());
    return pool;
  })
  .extend("tx", async ({ pool }, { onCleanup }) => {
    const client = await pool.connect();
    onCleanup(async () => {
      try {
        await client.query("rollback");
      } finally {
        // A setting or a role that a test changed must not reach the next one.
        client.release(true);
      }
    });
    await client.query("begin");
    return client;
  })
  .extend("fresh", async ({}, { onCleanup }) => {
    const databases: TestDatabase[] = [];
    onCleanup(async () => {
      for (const database of databases) await database.drop();
    });
    return async (options: { empty?: boolean } = {}) => {
      const database = await freshDatabase(options);
      databases.push(database);
      return database.url;
    };
  });
