import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { makeWithPgClientViaPgClientAlreadyInTransaction } from "postgraphile/adaptors/pg";
import type { NodePostgresPgClient } from "postgraphile/adaptors/pg";
import { goneOfQuestion, stopWhenGone } from "./leaving.ts";
import { STATEMENT_TIMEOUT_MS } from "./settings.ts";

type Settings = Record<string, string | undefined> | null;
type Work<Result> = (client: NodePostgresPgClient) => Result | Promise<Result>;

/** How long after its own limit a statement may be without an answer before the connection is cut. */
const SILENCE_MS = 5_000;

const RETRIES = 3;

/** Nothing was changed: the command lost a race against somebody whose change has nothing to do with it. */
const RETRIED = new Set(["40001", "40P01"]);

/** The connection broke. */
export interface Unavailable extends Error {
  isUnavailable: true;
  /** The command had begun, and nobody knows whether it took effect. */
  mayHaveHappened: boolean;
  /** It was one that the pool had kept, and it broke before anything was asked of it. */
  wasStale: boolean;
  /** All connections were at work for others. */
  isBusy: boolean;
}

export function isUnavailable(error: unknown): error is Unavailable {
  return error instanceof Error && "isUnavailable" in error;
}

/**
 * Runs each SQL step of a request in a transaction of its own, with the settings of the request.
 *
 * The transaction is repeated, up to three times, after a deadlock and after a version conflict of a
 * command whose intent still holds (S4); SQL says in the error's detail whether it does. It is also
 * repeated if the connection broke before the step was sent: the pool keeps connections that a
 * restarted server knows nothing of.
 */
export function transactionsOf(pool: pg.Pool) {
  return async <Result>(settings: Settings, work: Work<Result>): Promise<Result> => {
    let current = settings;
    for (let retry = 0; ; retry += 1) {
      try {
        return await transaction(pool, current, work);
      } catch (error) {
        const next = retry < RETRIES ? settingsOfRetry(error, current) : undefined;
        if (next === undefined) throw error;
        current = next;
        // Whoever met somebody else should not meet the same one again at once.
        await sleep(Math.random() * 20 * (retry + 1));
      }
    }
  };
}

/** The settings of another attempt; undefined if there is to be none. */
function settingsOfRetry(error: unknown, settings: Settings): Settings | undefined {
  if (isUnavailable(error)) return error.wasStale ? settings : undefined;
  if (!(error instanceof pg.DatabaseError)) return undefined;
  if (RETRIED.has(error.code ?? "")) return settings;
  const version = versionOfIntent(error);
  return version === undefined ? undefined : { ...settings, [EXPECTED_VERSION]: version };
}

/** The version for which the caller's intent holds, as SQL says; see app_private.lock_mentor(). */
const EXPECTED_VERSION = "mentor_lifecycle.expected_version";

function versionOfIntent({ code, detail }: pg.DatabaseError): string | undefined {
  if (code !== "MNVER") return undefined;
  return /\bversion=(\d+) intent_holds=t\b/.exec(detail ?? "")?.[1];
}

async function transaction<Result>(
  pool: pg.Pool,
  settings: Settings,
  work: Work<Result>,
): Promise<Result> {
  const gone = goneOfQuestion();
  const client = await connect(pool, gone);
  const cut = cutAfterSilence(client, settings);
  const letBe = stopWhenGone(pool, client, gone);
  let hasBegun = false;
  try {
    await client.query("begin");
    if (settings !== null) await applySettings(client, settings);
    hasBegun = true;
    const result = await makeWithPgClientViaPgClientAlreadyInTransaction(client, true)(null, work);
    await client.query("commit");
    await letBe();
    client.release();
    return result;
  } catch (error) {
    await letBe();
    await giveBack(client);
    if (!isOfConnection(error)) throw error;
    throw unavailable(error, { mayHaveHappened: hasBegun, wasStale: !hasBegun });
  } finally {
    clearTimeout(cut);
  }
}

/** A connection, unless nobody waits for the answer any more when there is one. */
async function connect(pool: pg.Pool, gone: AbortSignal | undefined): Promise<pg.PoolClient> {
  const nothing = { mayHaveHappened: false, wasStale: false };
  const giveUp = () => unavailable(gone?.reason, nothing);
  const isGone = () => gone?.aborted === true;
  if (isGone()) throw giveUp();
  const client = await pool.connect().catch((error: unknown) => {
    const isBusy = error instanceof Error && NONE_FREE.test(error.message);
    throw unavailable(error, { ...nothing, isBusy });
  });
  if (!isGone()) return client;
  client.release();
  throw giveUp();
}

/** What the pool says when all its connections were lent for too long. */
const NONE_FREE = /^timeout exceeded when trying to connect/;

async function applySettings(client: pg.PoolClient, settings: object): Promise<void> {
  const entries = Object.entries(settings).filter(([, value]) => value !== undefined);
  await client.query({
    name: "mentor_lifecycle_settings",
    text: `select set_config(setting->>0, setting->>1, true)
           from json_array_elements($1::json) as setting`,
    values: [JSON.stringify(entries)],
  });
}

/** A connection that cannot roll back is of no use to anybody else. */
async function giveBack(client: pg.PoolClient): Promise<void> {
  try {
    await client.query("rollback");
    client.release();
  } catch (error) {
    client.release(error instanceof Error ? error : true);
  }
}

/**
 * The server ends a statement that takes too long; a server that cannot be reached ends nothing. Such
 * a connection is cut, or it would be given to one request after the other.
 */
function cutAfterSilence(client: pg.PoolClient, settings: Settings): NodeJS.Timeout {
  const limit = Number(settings?.["statement_timeout"] ?? STATEMENT_TIMEOUT_MS);
  return setTimeout(() => {
    const { connection } = client as unknown as { connection: pg.Connection };
    connection.stream.destroy();
  }, limit + SILENCE_MS);
}

/** Whatever the server has answered is not of the connection, but for the end of a session. */
function isOfConnection(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return isConnectionMessage(error);
  return /^(08|57P0|53300)/.test(error.code ?? "");
}

const OF_SOCKET = new Set([
  "ECONNRESET",
  "ECONNREFUSED",
  "EPIPE",
  "ETIMEDOUT",
  "ERR_STREAM_DESTROYED",
]);

function isConnectionMessage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code = "" } = error as NodeJS.ErrnoException;
  return OF_SOCKET.has(code) || /connection (terminated|error)|not queryable/i.test(error.message);
}

function unavailable(
  cause: unknown,
  what: Pick<Unavailable, "mayHaveHappened" | "wasStale"> & Partial<Pick<Unavailable, "isBusy">>,
): Unavailable {
  const error = new Error("the database cannot be reached", { cause });
  return Object.assign(error, { isUnavailable: true as const, isBusy: false, ...what });
}
