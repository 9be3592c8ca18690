import type { ServerResponse } from "node:http";
import type pg from "pg";

const PATIENCE_MS = 1_000;

/** Whether this process can answer: its database does, and it is not about to stop. */
export async function isReady(pool: pg.Pool, isStopping: boolean): Promise<boolean> {
  if (isStopping) return false;
  const { promise: late, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(() => resolve(false), PATIENCE_MS);
  try {
    return await Promise.race([pool.query("select 1").then(() => true as const), late]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

export function sayHealth(response: ServerResponse, isHealthy: boolean): void {
  response.writeHead(isHealthy ? 200 : 503, { "Content-Type": "text/plain; charset=utf-8" });
  response.end(isHealthy ? "ok\n" : "not ready\n");
}
