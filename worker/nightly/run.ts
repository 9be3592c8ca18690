import type pg from "pg";
import { hasCode, sentenceOf } from "../database/errors.ts";

/** A row of the ledger as programs outside the database see it. */
export interface NightlyRun {
  runId: string;
  /** Local date of the organisation, yyyy-mm-dd. */
  runOn: string;
  state:
    | "planned"
    | "running"
    | "needs_approval"
    | "succeeded"
    | "succeeded_with_failures"
    | "failed"
    | "skipped";
  attempt: number;
  /** Why it was skipped, stopped or failed. */
  explanation: string | null;
  failed: number;
  /** What the run has done over all its attempts. */
  counts: {
    paused: number;
    resumed: number;
    reminded: number;
    followedUp: number;
    hidden: number;
    shown: number;
    unchanged: number;
  };
}

export interface NightlyOptions {
  organizationId: string;
  /** Local date, yyyy-mm-dd; today on the organisation's calendar if absent. */
  runOn?: string | undefined;
  /** Mentors per transaction (10,000). */
  batchSize?: number;
  /** Told after each batch how many mentors have been looked at. */
  onProgress?: (mentors: number) => void;
  /** Stops between two batches; the next start takes the run over. */
  signal?: AbortSignal | undefined;
}

/** Two connections, because the lock's transaction stays open while the batches commit. */
export interface NightlyConnections {
  lock: pg.ClientBase;
  work: pg.ClientBase;
}

interface RunRow {
  id: string;
  run_on: string;
  state: NightlyRun["state"];
  attempt: number;
  explanation: string | null;
  failed_count: number;
  paused_count: number;
  resumed_count: number;
  reminded_count: number;
  followed_up_count: number;
  hidden_count: number;
  shown_count: number;
  unchanged_count: number;
}

const RUN_COLUMNS = `r.id, r.run_on::text, r.state, r.attempt, r.explanation, r.failed_count,
  r.paused_count, r.resumed_count, r.reminded_count, r.followed_up_count, r.hidden_count,
  r.shown_count, r.unchanged_count`;

/** Runs a night with two connections of a pool. */
export async function runNightly(
  pool: Pick<pg.Pool, "connect">,
  options: NightlyOptions,
): Promise<NightlyRun> {
  const lock = await pool.connect();
  try {
    const work = await pool.connect();
    try {
      return await runNightlyOn({ lock, work }, options);
    } finally {
      work.release();
    }
  } finally {
    lock.release();
  }
}

/**
 * Runs a night: takes the overlap lock, has the plan stored, applies it batch by batch, each in a
 * transaction of its own, and closes the ledger row. Everything is decided in SQL.
 *
 * It may die anywhere: the lock goes with its connection, and the next start goes on from the facts.
 * Errors: MNRUN if another process is at it.
 */
export async function runNightlyOn(
  connections: NightlyConnections,
  options: NightlyOptions,
): Promise<NightlyRun> {
  const { lock, work } = connections;
  let lost: Error | undefined;
  const onLoss = (error: Error) => {
    lost = error;
  };
  lock.on("error", onLoss);
  try {
    await lock.query("begin");
    await takeLock(connections, options);
    const started = await readRun(
      work,
      `app_private.start_nightly_run($1::uuid,
        coalesce($2::date, app_private.local_date($1::uuid)))`,
      [options.organizationId, options.runOn ?? null],
    );
    if (started.state !== "running") return started;
    return await apply(work, started, options, () => lost);
  } finally {
    lock.off("error", onLoss);
    // With the connection gone there is nothing to give back; the server has done it.
    if (lost === undefined) await lock.query("rollback").catch(() => {});
  }
}

/** A start that is refused is logged all the same (F4). */
async function takeLock({ lock, work }: NightlyConnections, options: NightlyOptions) {
  const { organizationId, runOn } = options;
  try {
    await lock.query("select app_private.lock_nightly_run($1::uuid)", [organizationId]);
  } catch (error) {
    if (hasCode(error, "MNRUN")) {
      await work.query("select app_private.record_refused_start($1::uuid, $2::date)", [
        organizationId,
        runOn ?? null,
      ]);
    }
    throw error;
  }
}

async function apply(
  work: pg.ClientBase,
  run: NightlyRun,
  options: NightlyOptions,
  lostLock: () => Error | undefined,
): Promise<NightlyRun> {
  const mayGoOn = () => {
    options.signal?.throwIfAborted();
    const cause = lostLock();
    if (cause !== undefined) throw new Error("The connection that held the lock broke.", { cause });
  };
  try {
    await applyBatches(work, run, options, mayGoOn);
    while (await applyLockedMentor(work, run)) mayGoOn();
    return await readRun(work, "app_private.finish_nightly_run($1::uuid, $2::integer)", [
      run.runId,
      run.attempt,
    ]);
  } catch (error) {
    if (!hasCode(error, "MNRUN") && options.signal?.aborted !== true) {
      await recordFailure(work, run, error);
    }
    throw error;
  }
}

async function applyBatches(
  work: pg.ClientBase,
  run: NightlyRun,
  options: NightlyOptions,
  mayGoOn: () => void,
): Promise<void> {
  const { batchSize = 10_000, onProgress = () => {} } = options;
  let after: string | null = null;
  for (let mentors = 0; ;) {
    mayGoOn();
    const result: pg.QueryResult<{ last_mentor_id: string | null; mentor_count: number }> =
      await work.query(
        `select b.last_mentor_id, b.mentor_count
         from app_private.apply_nightly_batch(
           $1::uuid, $2::integer, $3::uuid, $4::integer) as b`,
        [run.runId, run.attempt, after, batchSize],
      );
    const batch = result.rows[0];
    if (batch === undefined || batch.mentor_count === 0) return;
    after = batch.last_mentor_id;
    mentors += batch.mentor_count;
    onProgress(mentors);
  }
}

async function applyLockedMentor(work: pg.ClientBase, run: NightlyRun): Promise<boolean> {
  const { rows } = await work.query<{ applied: boolean }>(
    "select app_private.apply_locked_mentor($1::uuid, $2::integer) as applied",
    [run.runId, run.attempt],
  );
  return rows[0]?.applied === true;
}

/** The error that is thrown matters more than one that comes from writing it down. */
async function recordFailure(work: pg.ClientBase, run: NightlyRun, error: unknown): Promise<void> {
  await work
    .query("select app_private.fail_nightly_run($1::uuid, $2::integer, $3::text)", [
      run.runId,
      run.attempt,
      sentenceOf(error),
    ])
    .catch(() => {});
}

/** Calls a function that returns a ledger row. `call` is our own text, never a caller's. */
export async function readRun(
  client: Pick<pg.ClientBase, "query">,
  call: string,
  values: unknown[],
): Promise<NightlyRun> {
  const { rows } = await client.query<RunRow>(`select ${RUN_COLUMNS} from ${call} as r`, values);
  const row = rows[0];
  if (row === undefined) throw new Error("The nightly run has no row in the ledger.");
  return {
    runId: row.id,
    runOn: row.run_on,
    state: row.state,
    attempt: row.attempt,
    explanation: row.explanation,
    failed: row.failed_count,
    counts: {
      paused: row.paused_count,
      resumed: row.resumed_count,
      reminded: row.reminded_count,
      followedUp: row.followed_up_count,
      hidden: row.hidden_count,
      shown: row.shown_count,
      unchanged: row.unchanged_count,
    },
  };
}
