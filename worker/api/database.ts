import type pg from "pg";
import type { Logger } from "pino";
import { makePgService } from "postgraphile/adaptors/pg";
import { hasCode } from "../database/errors.ts";
import { createPool } from "../database/pool.ts";
import { VISITOR } from "../database/grants.ts";
import { transactionsOf } from "./transactions.ts";

/** Connections of one API process; a request takes one for each SQL step. */
const POOL_SIZE = 10;

export function openPool(databaseUrl: string, logger: Logger): pg.Pool {
  const pool = createPool(databaseUrl, {
    max: POOL_SIZE,
    applicationName: "mentor-lifecycle-api",
    // Compiling a plan costs these short queries more than it saves.
    settings: { jit: "off" },
    // A caller who would wait for longer for a connection is told so.
    connectTimeoutMs: 5_000,
    // A network that heals may leave connections behind that nobody answers.
    maxLifetimeSeconds: 15 * 60,
    onError: (error) => {
      if (!pool.ending) logger.warn({ error_message: error.message }, "a connection broke");
    },
  });
  return pool;
}

/** The database as PostGraphile sees it: app_public, as far as the visitor role may go. */
export function serviceOf(pool: pg.Pool): GraphileConfig.PgServiceConfiguration {
  const service = makePgService({
    pool,
    schemas: ["app_public"],
    pubsub: false,
    // The schema is the same whoever logs in: what the visitor sees.
    pgSettingsForIntrospection: { role: VISITOR },
  });
  const withPgClient = transactionsOf(pool);
  return { ...service, adaptor: { createWithPgClient: () => withPgClient, makePgService } };
}

/** Role that is missing, and role that the login may not take on. */
const NO_ROLE = "22023";
const NOT_PERMITTED = "42501";

/** Returns if the login may become the visitor and finds our schema; PostGraphile would serve anything. */
export async function requireMigrated(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    await client.query(`set local role ${VISITOR}`);
    await client.query("select from app_public.organizations limit 0");
  } catch (error) {
    if (hasCode(error, NO_ROLE)) {
      throw new Error(`There is no role ${VISITOR}; run npm run migrate first.`, { cause: error });
    }
    if (!hasCode(error, NOT_PERMITTED)) throw error;
    throw new Error(
      `The login of API_DATABASE_URL may not become ${VISITOR}; ` +
        `let an administrator of the server grant ${VISITOR} to it.`,
      { cause: error },
    );
  } finally {
    // Nothing of it is to be kept.
    client.release(true);
  }
}
