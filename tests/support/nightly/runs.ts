import type { ClientBase, Pool } from "pg";

type Database = ClientBase | Pool;

export interface RunRow {
  id: string;
  run_on: string;
  state: string;
  attempt: number;
  explanation: string | null;
  covered_by_run_id: string | null;
  mentor_count: number | null;
  paused_count: number;
  resumed_count: number;
  reminded_count: number;
  followed_up_count: number;
  hidden_count: number;
  shown_count: number;
  failed_count: number;
  unchanged_count: number;
}

function only<Row>(rows: Row[]): Row {
  const [row] = rows;
  if (!row || rows.length > 1) throw new Error(`Expected one row, found ${rows.length}`);
  return row;
}

/** The whole night in one transaction, as a coordinator starts it. */
export async function runNight(
  db: Database,
  organizationId: string,
  day: string | null,
): Promise<RunRow> {
  const { rows } = await db.query<RunRow>("select * from app_public.run_nightly($1, $2)", [
    organizationId,
    day,
  ]);
  return only(rows);
}

/** The steps of the batch driver, one by one, each in its own transaction. */
export async function startNight(
  db: Database,
  organizationId: string,
  day: string,
): Promise<RunRow> {
  const { rows } = await db.query<RunRow>("select * from app_private.start_nightly_run($1, $2)", [
    organizationId,
    day,
  ]);
  return only(rows);
}

export interface Batch {
  last_mentor_id: string | null;
  mentor_count: number;
}

export async function applyBatch(
  db: Database,
  run: RunRow,
  options: { after?: string | null; size?: number } = {},
): Promise<Batch> {
  const { rows } = await db.query<Batch>(
    "select * from app_private.apply_nightly_batch($1, $2, $3, $4)",
    [run.id, run.attempt, options.after ?? null, options.size ?? 10_000],
  );
  return only(rows);
}

export async function applyLocked(db: Database, run: RunRow): Promise<boolean> {
  const { rows } = await db.query<{ applied: boolean }>(
    "select app_private.apply_locked_mentor($1, $2) as applied",
    [run.id, run.attempt],
  );
  return only(rows).applied;
}

export async function finishNight(db: Database, run: RunRow): Promise<RunRow> {
  const { rows } = await db.query<RunRow>("select * from app_private.finish_nightly_run($1, $2)", [
    run.id,
    run.attempt,
  ]);
  return only(rows);
}

export async function approve(db: Database, run: RunRow): Promise<RunRow> {
  const { rows } = await db.query<RunRow>("select * from app_public.approve_nightly_run($1)", [
    run.id,
  ]);
  return only(rows);
}

/** The ledger of an organisation, oldest date first. */
export async function ledger(db: Database, organizationId: string): Promise<RunRow[]> {
  const { rows } = await db.query<RunRow>(
    "select * from app_public.nightly_runs where organization_id = $1 order by run_on",
    [organizationId],
  );
  return rows;
}
