import type { ServerResponse } from "node:http";
import pg from "pg";
import { connectionSettings } from "../database/pool.ts";

const PATIENCE_MS = 1_000;

/** Whether the database answers. */
export type AskDatabase = () => Promise<boolean>;

/**
 * Asks on a connection of its own: a pool whose connections are all busy is no database that is away,
 * and a question that nobody answers keeps no connection from those who ask for something. Who asks
 * while another is asking gets the same answer.
 */
export function askDatabase(databaseUrl: string): AskDatabase {
  let asking: Promise<boolean> | undefined;
  return () => {
    asking ??= answers(databaseUrl).finally(() => {
      asking = undefined;
    });
    return asking;
  };
}

async function answers(databaseUrl: string): Promise<boolean> {
  const client = new pg.Client({
    ...connectionSettings(databaseUrl, "mentor-lifecycle-api-health"),
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query("select 1");
    return true;
  } catch {
    return false;
  } finally {
    // Nobody waits for a server that may never say goodbye.
    client.end().catch(() => {});
  }
}

export function sayHealth(response: ServerResponse, isHealthy: boolean): void {
  response.writeHead(isHealthy ? 200 : 503, { "Content-Type": "text/plain; charset=utf-8" });
  response.end(isHealthy ? "ok\n" : "not ready\n");
}
