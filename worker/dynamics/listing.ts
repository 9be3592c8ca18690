/*
 * What the portal is told about a mentor, and what it tells us: nothing but the opaque key, the
 * flag, the last day and the version of the wish. No name, no reason of a pause (X3).
 */

/** The names that the association's Dataverse environment gives to the listing's table and columns. */
export interface ListingColumns {
  /** Plural name of the table in addresses, as in `contacts`. */
  entitySet: string;
  /** Primary key, a GUID, as in `contactid`. */
  id: string;
  /** Single line of text with an active alternate key: the mentor's key. */
  key: string;
  /** Yes/no: whether the website shows the mentor. */
  visible: string;
  /** Date only: last day on which the website shows the mentor. */
  visibleUntil: string;
  /** Whole number: version of the wish that was written last. Optional, and worth asking for. */
  version?: string | undefined;
}

/** A wish as it is written. */
export interface Listing {
  visible: boolean;
  /** Last day, yyyy-mm-dd; null without an end, or when hidden. */
  visibleUntil: string | null;
  /** The wish's version in our database. */
  version: number;
}

/** A row of the portal as it was read. */
export interface PortalRecord {
  /** The portal's own GUID. */
  id: string;
  /** The mentor's key; null on a row that no key was given to. */
  key: string | null;
  visible: boolean;
  /** yyyy-mm-dd */
  visibleUntil: string | null;
  /** Null where nothing of ours was ever written, or the column is not configured. */
  version: number | null;
  /** The row's ETag, as it came. */
  etag: string;
}
