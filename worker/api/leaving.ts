import pg from "pg";
import { currentRequest } from "./request.ts";

/** How long the server may take to be told. */
const PATIENCE_MS = 2_000;

/** A command that has begun is finished, whoever waits for it; a question without its asker is not. */
export function goneOfQuestion(): AbortSignal | undefined {
  const request = currentRequest();
  return request?.isQuestion === true ? request.gone : undefined;
}

/**
 * Ends the statement of a question whose asker has gone away. The connection may be lent to somebody
 * else only after the returned function: the server might end the statement of that one.
 */
export function stopWhenGone(
  pool: pg.Pool,
  client: pg.PoolClient,
  gone: AbortSignal | undefined,
): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping = cancelStatement(pool, client);
  };
  gone?.addEventListener("abort", stop, { once: true });
  return async () => {
    gone?.removeEventListener("abort", stop);
    await stopping;
  };
}

/** On a connection of its own: those of the pool may all be waiting for such statements. */
async function cancelStatement(pool: pg.Pool, client: pg.PoolClient): Promise<void> {
  const { processID } = client as unknown as { processID: number };
  const other = new pg.Client({
    ...pool.options,
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
  });
  other.on("error", () => {});
  try {
    await other.connect();
    await other.query("select pg_cancel_backend($1)", [processID]);
  } catch {
    // Then it ends by its own limit.
  } finally {
    other.end().catch(() => {});
  }
}
