import pg from "pg";

const BIGINT = 20;
const DATE = 1082;
const DATE_ARRAY = 1182;
const TEXT_ARRAY: number = 1009;

/**
 * How values travel from PostgreSQL to TypeScript.
 *
 * - date: the string `yyyy-mm-dd`. pg's default is midnight in the zone of the process, which is
 *   the day before for half of the world.
 * - bigint: a number. Counts and versions never come near 2^53; one that did is refused, not rounded.
 * - numeric: a string, pg's default, because it has no exact number in JavaScript.
 */
export const types: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: "text" | "binary") {
    if (format === "binary") return pg.types.getTypeParser(oid, format);
    if (oid === DATE) return (value: string) => value;
    if (oid === DATE_ARRAY) return pg.types.getTypeParser(TEXT_ARRAY, "text");
    if (oid === BIGINT) return parseBigint;
    return pg.types.getTypeParser(oid, format);
  },
};

function parseBigint(value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) {
    throw new RangeError(`bigint ${value} is too large for a number; select it as text`);
  }
  return number;
}

/** What every connection of ours has in common; a session's zone must not decide what day it is. */
export function connectionSettings(
  connectionString: string,
  applicationName = "mentor-lifecycle",
  settings: Record<string, string> = {},
) {
  const all = { timezone: "UTC", datestyle: "ISO", ...settings };
  return {
    connectionString,
    application_name: applicationName,
    options: Object.entries(all)
      .map(([name, value]) => `-c ${name}=${value.replaceAll(/[\\ ]/g, "\\$&")}`)
      .join(" "),
    types,
  } satisfies pg.ClientConfig;
}

export interface PoolOptions {
  /** Most connections at once (10). */
  max?: number;
  /** Shown in pg_stat_activity (mentor-lifecycle). */
  applicationName?: string;
  /** Settings of every session, such as mentor_lifecycle.actor. */
  settings?: Record<string, string>;
  /** Give up waiting for a connection after so many milliseconds (never). */
  connectTimeoutMs?: number;
  /** Replace a connection that is older (never). */
  maxLifetimeSeconds?: number;
  /** Told of every connection that breaks; the pool replaces it by itself. */
  onError?: (error: Error) => void;
}

/**
 * A pool whose broken connections do not end the process: an "error" event that nobody listens to
 * would, and the server is free to close idle connections at any time.
 */
export function createPool(connectionString: string, options: PoolOptions = {}): pg.Pool {
  const { max = 10, applicationName, settings, onError = () => {} } = options;
  const pool = new pg.Pool({
    ...connectionSettings(connectionString, applicationName, settings),
    max,
    keepAlive: true,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 0,
    maxLifetimeSeconds: options.maxLifetimeSeconds ?? 0,
  });
  pool.on("error", onError);
  pool.on("connect", (client) => {
    client.on("error", onError);
  });
  return pool;
}

/** Lends a connection and closes it, whatever happens in between. */
export async function withClient<Result>(
  connectionString: string,
  work: (client: pg.Client) => Promise<Result>,
  applicationName?: string,
): Promise<Result> {
  const client = new pg.Client(connectionSettings(connectionString, applicationName));
  client.on("error", () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
