import pg from "pg";
import type { Database } from "./builders.ts";

/*
 * Commands, and what they left behind.
 */

/** Calls a function of app_public by the names of its arguments and returns its one row. */
export async function call<Row extends pg.QueryResultRow = pg.QueryResultRow>(
  db: Database,
  command: string,
  args: Record<string, unknown>,
): Promise<Row> {
  const list = Object.keys(args).map((name, index) => `${name} => $${index + 1}`);
  const { rows } = await db.query<Row>(
    `select * from app_public.${command}(${list.join(", ")})`,
    Object.values(args),
  );
  return rows[0]!;
}

export interface Refusal {
  code: string;
  constraint: string | undefined;
  table: string | undefined;
}

/**
 * How the database refuses the work, also if it would only do so at commit; undefined if it does not.
 * What the work wrote is undone either way, and the transaction goes on.
 */
export async function refusal(
  db: Database,
  work: () => Promise<unknown>,
): Promise<Refusal | undefined> {
  await db.query("savepoint attempt");
  try {
    await work();
    await db.query("set constraints all immediate");
    return undefined;
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    return { code: error.code ?? "", constraint: error.constraint, table: error.table };
  } finally {
    await db.query("rollback to savepoint attempt; release savepoint attempt");
  }
}

export interface MentorRow {
  id: string;
  status: string;
  version: number;
  portal_consent: boolean;
  coverage: string;
}

export async function mentorNow(db: Database, mentorId: string): Promise<MentorRow> {
  const { rows } = await db.query<MentorRow>(
    `select m.id, m.status, m.version, m.portal_consent, m.coverage::text
     from app_public.mentors as m
     where m.id = $1`,
    [mentorId],
  );
  return rows[0]!;
}

export interface JournalRow {
  version: number;
  event: string;
  from_status: string | null;
  to_status: string;
  cause: string | null;
  reason: string | null;
  actor: string;
  pause_id: string | null;
  certification_id: string | null;
  nightly_run_id: string | null;
}

export async function journalOf(db: Database, mentorId: string): Promise<JournalRow[]> {
  const { rows } = await db.query<JournalRow>(
    `select j.version, j.event, j.from_status, j.to_status, j.cause, j.reason, j.actor, j.pause_id,
       j.certification_id, j.nightly_run_id
     from app_public.mentor_journal as j
     where j.mentor_id = $1
     order by j.version`,
    [mentorId],
  );
  return rows;
}

/** The mentor's last entry. */
export async function lastEntryOf(db: Database, mentorId: string): Promise<JournalRow> {
  return (await journalOf(db, mentorId)).at(-1)!;
}

export interface PauseRow {
  id: string;
  cause: string;
  reason: string;
  started_by: string;
  certification_id: string | null;
  expected_return_on: string | null;
  end_cause: string | null;
  ended_by: string | null;
}

export async function pausesOf(db: Database, mentorId: string): Promise<PauseRow[]> {
  const { rows } = await db.query<PauseRow>(
    `select p.id, p.cause, p.reason, p.started_by, p.certification_id, p.expected_return_on,
       p.end_cause, p.ended_by
     from app_public.mentor_pauses as p
     where p.mentor_id = $1
     order by p.started_at, p.cause`,
    [mentorId],
  );
  return rows;
}

/** The causes of the mentor's open pauses. */
export async function openPausesOf(db: Database, mentorId: string): Promise<string[]> {
  const pauses = await pausesOf(db, mentorId);
  return pauses.filter(({ end_cause }) => end_cause === null).map(({ cause }) => cause);
}

/** `kind to audience`, sorted. */
export async function toldAbout(db: Database, mentorId: string): Promise<string[]> {
  const { rows } = await db.query<{ told: string }>(
    `select n.kind || ' to ' || n.audience as told
     from app_public.notifications as n
     where n.mentor_id = $1`,
    [mentorId],
  );
  return rows.map(({ told }) => told).toSorted();
}

/** The day of the last known contact on an assignment. */
export async function lastContactOf(db: Database, { id }: { id: string }): Promise<string> {
  const { rows } = await db.query<{ last_contact_on: string }>(
    "select a.last_contact_on from app_public.assignments as a where a.id = $1",
    [id],
  );
  return rows[0]!.last_contact_on;
}

export interface ListingRow {
  desired_visible: boolean;
  desired_until: string | null;
  desired_version: number;
}

export async function listingOf(db: Database, mentorId: string): Promise<ListingRow | undefined> {
  const { rows } = await db.query<ListingRow>(
    `select l.desired_visible, l.desired_until, l.desired_version
     from app_public.portal_listings as l
     where l.mentor_id = $1`,
    [mentorId],
  );
  return rows[0];
}

export interface PortalEventRow {
  kind: string;
  desired_version: number;
  desired_until: string | null;
  mentor_version: number;
  reason: string | null;
  actor: string | null;
}

export async function portalEventsOf(db: Database, mentorId: string): Promise<PortalEventRow[]> {
  const { rows } = await db.query<PortalEventRow>(
    `select e.kind, e.desired_version, e.desired_until, e.mentor_version, e.reason, e.actor
     from app_public.portal_events as e
     where e.mentor_id = $1
     order by e.id`,
    [mentorId],
  );
  return rows;
}

/** Names of the invariants that do not hold in an organisation on a day, with the mentor concerned. */
export async function violationsOf(
  db: Database,
  organizationId: string,
  asOf: string,
): Promise<{ invariant: string; mentor_id: string | null }[]> {
  const { rows } = await db.query<{ invariant: string; mentor_id: string | null }>(
    `select v.invariant, v.mentor_id
     from app_private.invariant_violations($1, $2) as v
     order by v.invariant, v.mentor_id`,
    [organizationId, asOf],
  );
  return rows;
}

/**
 * What a superuser can do: the work is done with every trigger and foreign key switched off, as a
 * restore or a repair by hand would.
 */
export async function behindTheTriggers(db: Database, work: () => Promise<unknown>): Promise<void> {
  await db.query("set local session_replication_role = replica");
  await work();
  await db.query("set local session_replication_role = origin");
}
