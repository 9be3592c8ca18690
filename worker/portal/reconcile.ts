import { sentenceOf } from "../database/errors.ts";
import type { DynamicsClient } from "../dynamics/client.ts";
import { DynamicsError } from "../dynamics/errors.ts";
import type { PortalRecord } from "../dynamics/listing.ts";
import { closeGate } from "./ledger.ts";
import type { Database } from "./ledger.ts";

export interface ReconcileOptions {
  /** Also repair if an unusual share differs: a person has looked at it (false). */
  acceptsShare?: boolean;
  signal?: AbortSignal | undefined;
}

export interface Reconciliation {
  id: string;
  state: "succeeded" | "refused";
  recordCount: number;
  comparedCount: number;
  differingCount: number;
  repairedCount: number;
  explanation: string;
}

/**
 * Reads the portal back and lets the database compare and repair (P3). Nothing is concluded from a
 * part: if a page cannot be read, the ledger says so and nothing else happens.
 */
export async function reconcilePortal(
  database: Database,
  dynamics: DynamicsClient,
  options: ReconcileOptions = {},
): Promise<Reconciliation> {
  const { rows } = await database.query<{ id: string }>(
    "select app_private.start_portal_reconciliation($1) as id",
    [options.acceptsShare ?? false],
  );
  const id = rows[0]?.id ?? "";
  try {
    for await (const records of dynamics.list({ signal: options.signal })) {
      await addSnapshot(database, id, records);
    }
    return await finish(database, id);
  } catch (error) {
    if (error instanceof DynamicsError) await closeGate(database, error);
    await database.query("select app_private.end_portal_reconciliation($1, 'failed', $2)", [
      id,
      `${error instanceof DynamicsError ? "The portal could not be read: " : ""}${sentenceOf(error)}`,
    ]);
    throw error;
  }
}

async function addSnapshot(database: Database, id: string, records: PortalRecord[]) {
  const rows = records.map((record) => ({
    remote_id: record.id,
    portal_key: record.key,
    visible: record.visible,
    visible_until: record.visibleUntil,
    version: record.version,
    revision: record.etag,
  }));
  await database.query("select app_private.add_portal_snapshot($1, $2)", [
    id,
    JSON.stringify(rows),
  ]);
}

async function finish(database: Database, id: string): Promise<Reconciliation> {
  const { rows } = await database.query<Reconciliation>(
    `select r.id, r.state, r.record_count as "recordCount", r.compared_count as "comparedCount",
       r.differing_count as "differingCount", r.repaired_count as "repairedCount", r.explanation
     from app_private.finish_portal_reconciliation($1) as r`,
    [id],
  );
  const [reconciliation] = rows;
  if (reconciliation === undefined) throw new Error(`There is no reconciliation ${id}`);
  return reconciliation;
}
