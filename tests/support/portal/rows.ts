import type pg from "pg";
import { expect } from "vitest";
import type { ListedMentor } from "./mentors.ts";

/* What the database knows about the sync. */

export interface ListingRow {
  condition: "pending" | "synced" | "retrying" | "needs_attention";
  desired_visible: boolean;
  desired_until: string | null;
  desired_version: number;
  synced_version: number;
  observed_visible: boolean | null;
  held_since: Date | null;
  write_inflight: boolean;
  lease_token: string | null;
  attempts: number;
  error_class: string | null;
  error_code: string | null;
  error_message: string | null;
}

const COLUMNS = `l.condition, l.desired_visible, l.desired_until, l.desired_version,
  l.synced_version, l.observed_visible, l.held_since, l.write_inflight, l.lease_token, l.attempts,
  l.error_class, l.error_code, l.error_message`;

export async function listingOf(pool: pg.Pool, mentor: ListedMentor): Promise<ListingRow> {
  const { rows } = await pool.query<ListingRow>(
    `select ${COLUMNS} from app_public.portal_listings as l where l.mentor_id = $1`,
    [mentor.id],
  );
  return rows[0]!;
}

/** In the order of the mentors' keys. */
export async function listings(pool: pg.Pool): Promise<ListingRow[]> {
  const { rows } = await pool.query<ListingRow>(
    `select ${COLUMNS}
     from app_public.portal_listings as l
     join app_public.mentors as m on m.id = l.mentor_id
     order by m.mentor_key`,
  );
  return rows;
}

/** Outcomes of all attempts about a mentor, the oldest first. */
export async function outcomesOf(pool: pg.Pool, mentor: ListedMentor): Promise<string[]> {
  const { rows } = await pool.query<{ outcome: string }>(
    `select a.outcome from app_public.portal_attempts as a where a.mentor_id = $1 order by a.id`,
    [mentor.id],
  );
  return rows.map(({ outcome }) => outcome);
}

export interface GateRow {
  closed_class: string | null;
  closed_code: string | null;
  closed_message: string | null;
  failures: number;
  /** Seconds until it may be tried; null while open. */
  closed_for: number | null;
  /** How many may be under way now. */
  allowance: number;
}

export async function gateOf(pool: pg.Pool): Promise<GateRow> {
  const { rows } = await pool.query<GateRow>(
    `select g.closed_class, g.closed_code, g.closed_message, g.failures,
       extract(epoch from g.closed_until - now())::float8 as closed_for,
       app_private.portal_allowance(g) as allowance
     from app_private.portal_gate as g`,
  );
  return rows[0]!;
}

export interface AlertRow {
  kind: string;
  severity: string;
  message: string;
  is_open: boolean;
}

/** Alerts about the portal, the oldest first. */
export async function alerts(pool: pg.Pool): Promise<AlertRow[]> {
  const { rows } = await pool.query<AlertRow>(
    `select a.kind, a.severity, a.message, a.closed_at is null as is_open
     from app_public.alerts as a
     order by a.opened_at, a.kind`,
  );
  return rows;
}

/** What the portal differs in, as it stands before the coordinators now. */
export async function openDiscrepancies(
  pool: pg.Pool,
): Promise<{ key: string | null; invariant: string }[]> {
  const { rows } = await pool.query<{ key: string | null; invariant: string }>(
    `select m.mentor_key as key, d.invariant
     from app_public.discrepancies as d
     left join app_public.mentors as m on m.id = d.mentor_id
     where d.source = 'portal'
       and d.closed_at is null
     order by m.mentor_key, d.invariant`,
  );
  return rows;
}

/** Takes a protection away, in this test's own database. */
export async function sabotage(
  pool: pg.Pool,
  name: string,
  piece: string,
  by: string,
): Promise<void> {
  const { rows } = await pool.query<{ text: string }>(
    "select pg_get_functiondef($1::regproc) as text",
    [name],
  );
  const text = rows[0]?.text ?? "";
  expect(text.split(piece), `${name} has the piece once`).toHaveLength(2);
  await pool.query(text.replace(piece, () => by));
}
