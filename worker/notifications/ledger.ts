import { setTimeout as sleep } from "node:timers/promises";
import type { JobHelpers } from "graphile-worker";
import type { SendResult } from "../mail/outcome.ts";

/*
 * What the database decides and keeps about telling people, one statement each and each its own
 * transaction: none is open while the mail server is spoken to.
 */

/** A pool or a task's helpers: each statement on a connection and in a transaction of its own. */
export type Database = Pick<JobHelpers, "query">;

/** Ends the leases of dispatchers that have died; how many. */
export async function recover(database: Database): Promise<number> {
  return await count(database, "select app_private.recover_deliveries() as count");
}

/** Finds the recipients of a batch of notifications; how many were looked at, 0 if none is left. */
export async function resolveBatch(database: Database): Promise<number> {
  return await count(database, "select app_private.resolve_notifications() as count");
}

/** A message for the inbox that has no words yet. */
export interface Unwritten {
  deliveryId: string;
  data: unknown;
}

export async function unwritten(database: Database): Promise<Unwritten[]> {
  const { rows } = await database.query<Unwritten>(
    `select u.delivery_id as "deliveryId", u.data
     from app_private.unwritten_inbox() as u`,
  );
  return rows;
}

export interface Written {
  deliveryId: string;
  subject: string;
  body: string;
}

/** Puts messages into the inbox; how many, without those that somebody else has put there. */
export async function write(database: Database, written: Written[]): Promise<number> {
  return await count(
    database,
    "select app_private.write_inbox($1::uuid[], $2::text[], $3::text[]) as count",
    [
      written.map(({ deliveryId }) => deliveryId),
      written.map(({ subject }) => subject),
      written.map(({ body }) => body),
    ],
  );
}

/** Gives up a message for the inbox that cannot be put into words. */
export async function refuseUnwritten(database: Database, deliveryId: string): Promise<void> {
  await database.query("select app_private.refuse_inbox($1, $2)", [
    deliveryId,
    "There are no words for what it is to tell.",
  ]);
}

/** A delivery that was leased to us. */
export interface Claim {
  deliveryId: string;
  leaseToken: string;
  messageId: string;
  recipientName: string;
  recipientAddress: string;
  organizationSlug: string;
  organizationName: string;
  data: unknown;
}

/** Leases the next e-mail that may be sent now. Undefined: none. */
export async function claim(database: Database, domain: string): Promise<Claim | undefined> {
  const { rows } = await database.query<Claim>(
    `select c.delivery_id as "deliveryId", c.lease_token as "leaseToken",
       c.message_id as "messageId", c.recipient_name as "recipientName",
       c.recipient_address as "recipientAddress", c.organization_slug as "organizationSlug",
       c.organization_name as "organizationName", c.data
     from app_private.claim_delivery($1) as c`,
    [domain],
  );
  return rows[0];
}

/** Records how an attempt has ended; false if the lease was lost meanwhile. */
export async function record(
  database: Database,
  { deliveryId, leaseToken }: Claim,
  result: SendResult,
): Promise<boolean> {
  const isSent = result.state === "sent";
  const { rows } = await database.query<{ recorded: boolean }>(
    "select app_private.record_delivery($1, $2, $3, $4, $5) as recorded",
    [
      deliveryId,
      leaseToken,
      isSent ? "sent" : result.errorClass,
      isSent ? null : result.code,
      result.response ?? null,
    ],
  );
  return rows[0]?.recorded ?? false;
}

/** Waits between attempts to put an end on record: they are over long before the lease is. */
const RECORD_WAITS_MS = [100, 400, 1_000, 2_000, 4_000, 8_000, 15_000];

/**
 * Like record, and again while the database cannot be told: a mail that has arrived and is not on
 * record would be sent once more. False also if an attempt was on record whose answer was lost.
 */
export async function recordPatiently(
  database: Database,
  claimed: Claim,
  result: SendResult,
  signal: AbortSignal,
): Promise<boolean> {
  for (const wait of RECORD_WAITS_MS) {
    try {
      return await record(database, claimed, result);
    } catch (error) {
      if (signal.aborted) throw error;
      await sleep(wait, undefined, { signal }).catch(() => {});
    }
  }
  return await record(database, claimed, result);
}

/** Gives a lease back: nothing was handed over. */
export async function release(
  database: Database,
  { deliveryId, leaseToken }: Claim,
): Promise<void> {
  await database.query("select app_private.release_delivery($1, $2)", [deliveryId, leaseToken]);
}

/** Lets a job look again when the next message is due. */
export async function schedule(database: Database, withMail: boolean): Promise<void> {
  await database.query("select app_private.schedule_dispatch($1)", [withMail]);
}

/** Raises and closes the alerts about telling people. */
export async function watch(database: Database): Promise<void> {
  await database.query("select app_private.watch_notifications()");
}

async function count(database: Database, statement: string, values?: unknown[]): Promise<number> {
  const { rows } = await database.query<{ count: number }>(statement, values);
  return rows[0]?.count ?? 0;
}
