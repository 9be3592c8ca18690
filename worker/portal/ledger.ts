import type { JobHelpers } from "graphile-worker";
import type { DynamicsError } from "../dynamics/errors.ts";
import type { Listing, PortalRecord } from "../dynamics/listing.ts";

/*
 * What the database decides and keeps about a sync, one statement each and each its own
 * transaction: none is open while the portal is called.
 */

/** A pool or a task's helpers: each statement on a connection and in a transaction of its own. */
export type Database = Pick<JobHelpers, "query">;

/** A listing that was leased to us. */
export interface Claim {
  mentorId: string;
  leaseToken: string;
  key: string;
  desiredVisible: boolean;
  /** The version of the wish when it was leased: what a failure is about. */
  version: number;
  /** The portal's row as last confirmed; null if it must be read first. */
  remembered: PortalRecord | null;
}

/** Why nothing is to be written now, or `write`: see app_private.begin_portal_write. */
export type Decision = "write" | "read" | "unchanged" | "absent" | "held" | "missing" | "lost";

interface ClaimRow {
  mentor_id: string;
  lease_token: string;
  portal_key: string;
  desired_visible: boolean;
  desired_version: number;
  remembered: RecordRow | null;
}

interface RecordRow {
  remote_id: string;
  visible: boolean;
  visible_until: string | null;
  version: number | null;
  revision: string;
}

/** Leases the most urgent listing; of these mentors, if some are named. Undefined: nothing to do. */
export async function claimListing(
  database: Database,
  mentorIds: string[] | undefined,
): Promise<Claim | undefined> {
  const { rows } = await database.query<ClaimRow>(
    `select c.mentor_id, c.lease_token, c.portal_key, c.desired_visible,
       c.desired_version, to_json(c.remembered) as remembered
     from app_private.claim_portal_listing($1::uuid[]) as c`,
    [mentorIds ?? null],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  return {
    mentorId: row.mentor_id,
    leaseToken: row.lease_token,
    key: row.portal_key,
    desiredVisible: row.desired_visible,
    version: row.desired_version,
    remembered: row.remembered === null ? null : recordOf(row.remembered, row.portal_key),
  };
}

function recordOf(row: RecordRow, key: string): PortalRecord {
  return {
    id: row.remote_id,
    key,
    visible: row.visible,
    visibleUntil: row.visible_until,
    version: row.version,
    etag: row.revision,
  };
}

const REMOTE = (first: number) =>
  `($${first}::uuid, $${first + 1}::boolean, $${first + 2}::date, $${first + 3}::integer,
    $${first + 4}::text)::app_private.portal_record`;

function remoteValues(record: PortalRecord | undefined): unknown[] {
  if (record === undefined) return [null, null, null, null, null];
  return [record.id, record.visible, record.visibleUntil, record.version, record.etag];
}

/** What is known about the portal's row when something is to be decided about it. */
export interface Found {
  /** Undefined: there is none. */
  record: PortalRecord | undefined;
  /** As last confirmed, and not read now (false). */
  isRemembered?: boolean;
  /** A write of this claim has met another ETag, and no older one was under way (false). */
  isRefused?: boolean;
}

/** What to do about the portal's row; settled at once unless it is `write` or `read`. */
export async function decide(
  database: Database,
  claim: Claim,
  { record, isRemembered = false, isRefused = false }: Found,
): Promise<{ decision: Decision; listing: Listing; wasInflight: boolean }> {
  const { rows } = await database.query<{
    decision: Decision;
    visible: boolean;
    visible_until: string | null;
    version: number;
    was_inflight: boolean;
  }>(
    `select d.decision, d.visible, d.visible_until, d.version, d.was_inflight
     from app_private.begin_portal_write($1, $2, ${REMOTE(5)}, $3, is_refused => $4) as d`,
    [claim.mentorId, claim.leaseToken, isRemembered, isRefused, ...remoteValues(record)],
  );
  const [row] = rows;
  if (row === undefined) throw new Error("begin_portal_write has answered nothing");
  const { decision, visible, visible_until: visibleUntil, version, was_inflight } = row;
  return { decision, listing: { visible, visibleUntil, version }, wasInflight: was_inflight };
}

/** What a sync would do about a listing, without doing anything. */
export interface Preview {
  decision: "write" | "unchanged" | "absent" | "held" | "missing" | "shared_key";
  visible: boolean;
  /** yyyy-mm-dd */
  visibleUntil: string | null;
  /** Why a person has to look, in a sentence. */
  explanation: string | null;
}

/** Asks the rule of the sync about the portal's row, and changes nothing. */
export async function preview(
  database: Database,
  mentorId: string,
  record: PortalRecord | undefined,
  { isForced, isNewEnvironment }: { isForced: boolean; isNewEnvironment: boolean },
): Promise<Preview> {
  const { rows } = await database.query<Preview>(
    `select p.decision, p.visible, p.visible_until as "visibleUntil",
       app_private.portal_attention_sentence(p.decision) as explanation
     from app_private.preview_portal_sync($1, ${REMOTE(4)}, $2, $3) as p`,
    [mentorId, isForced, isNewEnvironment, ...remoteValues(record)],
  );
  const [row] = rows;
  if (row === undefined) throw new Error("preview_portal_sync has answered nothing");
  return row;
}

/** The GUID of the row that the mentor had when it was last seen; null if it had none. */
export async function knownRow(database: Database, claim: Claim): Promise<string | null> {
  const { rows } = await database.query<{ id: string | null }>(
    "select l.remote_id as id from app_public.portal_listings as l where l.mentor_id = $1",
    [claim.mentorId],
  );
  return rows[0]?.id ?? null;
}

/** Records what the portal has stored. */
export async function confirm(
  database: Database,
  claim: Claim,
  version: number,
  stored: PortalRecord,
): Promise<"written" | "failed" | "lost"> {
  const { rows } = await database.query<{ outcome: "written" | "failed" | "lost" }>(
    `select app_private.confirm_portal_write($1, $2, $3, ${REMOTE(4)}) as outcome`,
    [claim.mentorId, claim.leaseToken, version, ...remoteValues(stored)],
  );
  return rows[0]?.outcome ?? "lost";
}

/** Records why the portal could not be told; closes the gate if it concerns everybody. */
export async function fail(database: Database, claim: Claim, error: DynamicsError): Promise<void> {
  await database.query(
    `select app_private.fail_portal_listing($1, $2, $3, $4, $5, make_interval(secs => $6),
       $7)`,
    [claim.mentorId, claim.leaseToken, ...failureValues(error), claim.version],
  );
}

/** Closes the gate for a failure that no listing was at. */
export async function closeGate(database: Database, error: DynamicsError): Promise<void> {
  await database.query(
    "select app_private.close_portal_gate($1, $2, $3, make_interval(secs => $4))",
    failureValues(error),
  );
}

function failureValues(error: DynamicsError): unknown[] {
  return [
    error.errorClass,
    error.code ?? (error.status === undefined ? null : String(error.status)),
    error.message,
    error.retryAfterSeconds ?? null,
  ];
}

/** Gives a lease back, as if it had not been taken. */
export async function release(database: Database, claim: Claim): Promise<void> {
  await database.query("select app_private.release_portal_listing($1, $2)", [
    claim.mentorId,
    claim.leaseToken,
  ]);
}

/** Until when the portal has asked us to make no request at all; undefined if it has not. */
export async function throttledUntil(database: Database): Promise<Date | undefined> {
  const { rows } = await database.query<{ until: Date }>(
    `select g.throttled_until as until
     from app_private.portal_gate as g
     where g.throttled_until > now()
       and not app_private.ignores_portal_gate()`,
  );
  return rows[0]?.until;
}
