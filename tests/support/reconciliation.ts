import type pg from "pg";
import type { Database, Mentor } from "./builders.ts";
import type { PortalRecord } from "./portal.ts";

/*
 * Reading the portal back, without a portal: what it would return is written down.
 */

/** A row of the portal with the key that it has, if any. */
export interface PortalRow extends PortalRecord {
  key: string | null;
}

/** The mentor's row as the portal returns it; as it was confirmed, but for the overrides. */
export function rowOf(
  mentor: Mentor & { record: PortalRecord },
  overrides: Partial<PortalRow> = {},
): PortalRow {
  return { ...mentor.record, key: mentor.mentorKey, ...overrides };
}

export async function startReconciliation(
  db: Database,
  { acceptsShare = false }: { acceptsShare?: boolean } = {},
): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    "select app_private.start_portal_reconciliation($1) as id",
    [acceptsShare],
  );
  return rows[0]!.id;
}

export async function addSnapshot(db: Database, id: string, rows: PortalRow[]): Promise<void> {
  const records = rows.map(({ id: remote_id, key, visible, until, version, revision }) => ({
    remote_id,
    portal_key: key,
    visible,
    visible_until: until,
    version,
    revision,
  }));
  await db.query("select app_private.add_portal_snapshot($1, $2)", [id, JSON.stringify(records)]);
}

export interface Reconciliation extends pg.QueryResultRow {
  id: string;
  state: string;
  record_count: number;
  compared_count: number;
  differing_count: number;
  repaired_count: number;
  explanation: string;
}

export async function finishReconciliation(db: Database, id: string): Promise<Reconciliation> {
  const { rows } = await db.query<Reconciliation>(
    "select * from app_private.finish_portal_reconciliation($1)",
    [id],
  );
  return rows[0]!;
}

/** The portal is read, has these rows, and is compared. */
export async function reconcile(
  db: Database,
  rows: PortalRow[],
  options: { acceptsShare?: boolean } = {},
): Promise<Reconciliation> {
  const id = await startReconciliation(db, options);
  await addSnapshot(db, id, rows);
  return await finishReconciliation(db, id);
}
