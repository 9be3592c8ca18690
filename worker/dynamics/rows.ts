import { z } from "zod";
import { DynamicsError } from "./errors.ts";
import type { Listing, ListingColumns, PortalRecord } from "./listing.ts";

/** Dataverse finds no row by a key with one of these in it. */
const NOT_IN_A_KEY = /[/<>*%&:\\?+\p{Cc}]/u;

/** Never `*`: that would overwrite whatever is there. */
const ETAG = /^(W\/)?"[^"*\s]+"$/;

/** Reads and writes rows under the names that the environment gives to the columns. */
export interface Rows {
  /** Options of a query that ask for the columns. */
  select: string;
  /** Which rows are anybody's listing. */
  filter: string;
  addressByKey(key: string): string;
  addressById(id: string): string;
  /** Properties of a PATCH. */
  body(listing: Listing): Record<string, unknown>;
  /**
   * Errors: config if a column is not there or holds something else than it should, transient if this
   * is no row of Dataverse's at all.
   */
  parse(row: object, etagHeader?: string | null): PortalRecord;
}

export function rowsOf(columns: ListingColumns): Rows {
  const names = [columns.id, columns.key, columns.visible, columns.visibleUntil];
  if (columns.version !== undefined) names.push(columns.version);
  return {
    select: `$select=${names.join(",")}`,
    filter: `$filter=${encodeURIComponent(`${columns.key} ne null or ${columns.visible} eq true`)}`,
    addressByKey: (key) => `${columns.entitySet}(${columns.key}=${literal(key)})`,
    addressById: (id) => `${columns.entitySet}(${guid(id)})`,
    body: ({ visible, visibleUntil, version }) => ({
      [columns.visible]: visible,
      [columns.visibleUntil]: visibleUntil,
      ...(columns.version !== undefined && { [columns.version]: version }),
    }),
    parse: (row, etagHeader) => parseRow(row, etagHeader, columns),
  };
}

/** Quotes that Dataverse's addresses need around a text, and percent signs for the rest. */
function literal(key: string): string {
  if (key === "" || NOT_IN_A_KEY.test(key) || !key.isWellFormed()) {
    throw new DynamicsError(
      "Dataverse cannot find a row by this mentor's key; " +
        "keys must not be empty nor contain control characters or any of / < > * % & : \\ ? +.",
      { errorClass: "permanent" },
    );
  }
  return encodeURIComponent(`'${key.replaceAll("'", "''")}'`);
}

function guid(id: string): string {
  if (z.guid().safeParse(id).success) return id.toLowerCase();
  throw new DynamicsError("Rows are addressed by their GUID.", { errorClass: "permanent" });
}

/** What a write must be conditional on. */
export function checkEtag(etag: string): string {
  if (ETAG.test(etag)) return etag;
  throw new DynamicsError("Rows are only written with the ETag that they were read with.", {
    errorClass: "permanent",
  });
}

/** Columns that were asked for are all there, null when empty; else they are not what was thought. */
const ROW = z.object({
  id: z.guid().toLowerCase(),
  key: z.string().nullable(),
  // Rows from before the column was made hold nothing in it, and the website shows none of them.
  visible: z
    .boolean()
    .nullable()
    .transform((visible) => visible === true),
  visibleUntil: z.iso.date().nullable(),
  version: z.int().nullable(),
});

function parseRow(
  row: object,
  etagHeader: string | null | undefined,
  columns: ListingColumns,
): PortalRecord {
  const values = new Map<string, unknown>(Object.entries(row));
  const etag = values.get("@odata.etag") ?? etagHeader;
  if (typeof etag !== "string" || !ETAG.test(etag)) throw notARow();
  const { success, data, error } = ROW.safeParse({
    id: values.get(columns.id),
    key: values.get(columns.key),
    visible: values.get(columns.visible),
    visibleUntil: values.get(columns.visibleUntil),
    version: columns.version === undefined ? null : values.get(columns.version),
  });
  if (success) return { ...data, etag };
  const wrong = error.issues[0]?.path[0] as keyof typeof ROW.shape;
  throw new DynamicsError(
    `A row of Dataverse lacks ${columns[wrong]}, or holds another type of value in it than it ` +
      "should; check the DYNAMICS_…_COLUMN variables.",
    { errorClass: "config" },
  );
}

function notARow(): DynamicsError {
  return new DynamicsError("What came for a row of Dataverse's is none; it is tried again.", {
    errorClass: "transient",
  });
}
