import { randomUUID } from "node:crypto";
import type pg from "pg";
import {
  type Database,
  type Mentor,
  type MentorOverrides,
  type Organization,
  aMentor,
} from "./builders.ts";

/*
 * Listings and the portal's rows, for stories about the sync. Its timing is the database's own clock
 * (leases, back-off), so a story sets an instant back instead of waiting for it.
 */

/** Long after any day on which a story is told, by whichever clock. */
export const LAST_DAY = "2150-12-31";

/** A row of the portal as it was read. */
export interface PortalRecord {
  id: string | null;
  visible: boolean | null;
  until: string | null;
  version: number | null;
  revision: string | null;
}

export const NO_RECORD: PortalRecord = {
  id: null,
  visible: null,
  until: null,
  version: null,
  revision: null,
};

/** Visible until LAST_DAY, in an environment without a column for versions. */
export function portalRecord(overrides: Partial<PortalRecord> = {}): PortalRecord {
  return {
    id: randomUUID(),
    visible: true,
    until: overrides.visible === false ? null : LAST_DAY,
    version: null,
    revision: 'W/"100"',
    ...overrides,
  };
}

export interface Claim {
  mentor_id: string;
  portal_key: string;
  lease_token: string;
  desired_visible: boolean;
  desired_version: number;
  remembered: Record<string, unknown> | null;
}

/** The next listing, or the next of these mentors. */
export async function claim(db: Database, mentors?: { id: string }[]): Promise<Claim | undefined> {
  const { rows } = await db.query<Claim>(
    `select c.mentor_id, c.portal_key, c.lease_token, c.desired_visible, c.desired_version,
       to_json(c.remembered) as remembered
     from app_private.claim_portal_listing($1::uuid[]) as c`,
    [mentors?.map(({ id }) => id) ?? null],
  );
  return rows[0];
}

const RECORD = (first: number) =>
  `($${first}::uuid, $${first + 1}::boolean, $${first + 2}::date, $${first + 3}::integer,
    $${first + 4}::text)::app_private.portal_record`;

const valuesOf = ({ id, visible, until, version, revision }: PortalRecord) => [
  id,
  visible,
  until,
  version,
  revision,
];

export interface Decision {
  decision: string;
  visible: boolean | null;
  visible_until: string | null;
  version: number | null;
  was_inflight: boolean | null;
}

/** What is decided about a leased listing, given the portal's row as it was read. */
export async function begin(
  db: Database,
  lease: Claim,
  record: PortalRecord,
  { isRemembered = false, isRefused = false }: { isRemembered?: boolean; isRefused?: boolean } = {},
): Promise<Decision> {
  const { rows } = await db.query<Decision>(
    `select *
     from app_private.begin_portal_write($1, $2, ${RECORD(5)}, $3, is_refused => $4)`,
    [lease.mentor_id, lease.lease_token, isRemembered, isRefused, ...valuesOf(record)],
  );
  return rows[0]!;
}

/** The portal has stored it. */
export async function confirm(
  db: Database,
  lease: Claim,
  version: number,
  record: PortalRecord,
): Promise<string> {
  const { rows } = await db.query<{ outcome: string }>(
    `select app_private.confirm_portal_write($1, $2, $3, ${RECORD(4)}) as outcome`,
    [lease.mentor_id, lease.lease_token, version, ...valuesOf(record)],
  );
  return rows[0]!.outcome;
}

/** The portal could not be told. */
export async function fail(
  db: Database,
  lease: Claim,
  errorClass: string,
  { retryAfter = null }: { retryAfter?: string | null } = {},
): Promise<void> {
  await db.query(
    "select app_private.fail_portal_listing($1, $2, $3, '0x1', 'It failed.', $4, $5)",
    [lease.mentor_id, lease.lease_token, errorClass, retryAfter, lease.desired_version],
  );
}

/**
 * A mentor whom the portal shows, or does not show if not active, as was confirmed an hour ago; with
 * the portal's row.
 */
export async function aListing(
  db: Database,
  organization: Organization,
  overrides: MentorOverrides & { record?: Partial<PortalRecord> } = {},
): Promise<Mentor & { record: PortalRecord & { id: string } }> {
  const { record: stored, ...about } = overrides;
  const mentor = await aMentor(db, organization, { expiresOn: LAST_DAY, ...about });
  const { desired_visible: visible } = await listingNow(db, mentor.id);
  const record = portalRecord({ visible, ...stored });
  await confirmAll(db, mentor, record);
  return { ...mentor, record: { ...record, id: record.id ?? randomUUID() } };
}

/** Lets the portal confirm what is wanted about the mentor, an hour ago. */
export async function confirmAll(
  db: Database,
  mentor: { id: string },
  record: PortalRecord,
): Promise<void> {
  await setListing(
    db,
    mentor,
    `condition = 'synced', pending_since = null, synced_version = desired_version,
     synced_at = now() - interval '1 hour', observed_at = now() - interval '1 hour',
     error_class = null, error_code = null, error_message = null`,
  );
  await db.query(
    `update app_public.portal_listings
     set (remote_id, observed_visible, observed_until, observed_version, observed_revision)
       = ($2::uuid, $3::boolean, $4::date, $5::integer, $6::text)
     where mentor_id = $1`,
    [mentor.id, ...valuesOf(record)],
  );
}

/** Asks for the wish to be told again, by nobody and for no reason. */
export async function askAgain(db: Database, mentor: { id: string }): Promise<void> {
  await setListing(db, mentor, "desired_version = desired_version + 1");
}

/** Writes columns of a listing, as a `set` of SQL. */
export async function setListing(db: Database, mentor: { id: string }, set: string): Promise<void> {
  await db.query(`update app_public.portal_listings set ${set} where mentor_id = $1`, [mentor.id]);
}

export interface PortalListing extends pg.QueryResultRow {
  desired_visible: boolean;
  desired_until: string | null;
  desired_version: number;
  condition: string;
  synced_version: number;
  attempts: number;
  write_inflight: boolean;
  /** Seconds from now until it is tried again. */
  wait: number;
}

/** The whole row. */
export async function listingNow(db: Database, mentorId: string): Promise<PortalListing> {
  const { rows } = await db.query<PortalListing>(
    `select l.*, extract(epoch from l.next_attempt_at - now())::float8 as wait
     from app_public.portal_listings as l
     where l.mentor_id = $1`,
    [mentorId],
  );
  return rows[0]!;
}

/** Writes columns of the gate, as a `set` of SQL. */
export async function setGate(db: Database, set: string): Promise<void> {
  await db.query(`update app_private.portal_gate set ${set}`);
}

/** Closes the gate for a reason, until an instant in SQL. */
export async function closeGate(
  db: Database,
  errorClass: string,
  until = "now() + interval '1 minute'",
): Promise<void> {
  await setGate(
    db,
    `closed_class = '${errorClass}', closed_message = 'It failed.', closed_since = now(),
     closed_until = ${until}, failures = 5,
     throttled_until = ${errorClass === "throttled" ? until : "null"}`,
  );
}

export interface Gate extends pg.QueryResultRow {
  closed_class: string | null;
  failures: number;
  /** Seconds from now until one listing is tried; null while open. */
  wait: number | null;
}

export async function gateNow(db: Database): Promise<Gate> {
  const { rows } = await db.query<Gate>(
    `select g.*, extract(epoch from g.closed_until - now())::float8 as wait
     from app_private.portal_gate as g`,
  );
  return rows[0]!;
}

export interface Attempt extends pg.QueryResultRow {
  outcome: string;
  desired_version: number;
  error_class: string | null;
}

export async function attemptsOf(db: Database, mentorId: string): Promise<Attempt[]> {
  const { rows } = await db.query<Attempt>(
    "select * from app_public.portal_attempts where mentor_id = $1 order by id",
    [mentorId],
  );
  return rows;
}

/** Open differences with the portal: of a mentor, or of a row that is nobody's. */
export async function openDiscrepancies(db: Database): Promise<string[]> {
  const { rows } = await db.query<{ found: string }>(
    `select d.invariant || ' ' || coalesce(m.mentor_key::text, d.subject) as found
     from app_public.discrepancies as d
     left join app_public.mentors as m on m.id = d.mentor_id
     where d.source = 'portal' and d.closed_at is null`,
  );
  return rows.map(({ found }) => found).toSorted();
}

export interface Alert extends pg.QueryResultRow {
  id: string;
  organization_id: string | null;
  kind: string;
  subject: string;
  severity: string;
  message: string;
}

export async function openAlerts(db: Database): Promise<Alert[]> {
  const { rows } = await db.query<Alert>(
    "select * from app_public.alerts where closed_at is null order by kind, subject",
  );
  return rows;
}

/** The keys of the jobs that look for work. */
export async function wakeUps(db: Database): Promise<string[]> {
  const { rows } = await db.query<{ key: string }>(
    "select key from graphile_worker.jobs where task_identifier = 'portal__sync' order by id",
  );
  return rows.map(({ key }) => key);
}
