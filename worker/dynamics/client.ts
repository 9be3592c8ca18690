import type { DynamicsConfig } from "./config.ts";
import { createCredentials } from "./credentials.ts";
import { honoursEtags, whoAmI } from "./environment.ts";
import { DynamicsError } from "./errors.ts";
import type { Answer } from "./http.ts";
import type { Listing, PortalRecord } from "./listing.ts";
import { listPages } from "./pages.ts";
import { checkEtag, rowsOf } from "./rows.ts";
import type { Rows } from "./rows.ts";
import { callWebApi, jsonOf } from "./web-api.ts";
import type { WebApiRequest } from "./web-api.ts";

export interface CallOptions {
  /** Ends the call with its reason. A write that was under way may have been applied. */
  signal?: AbortSignal | undefined;
}

export interface Identity {
  organizationId: string;
  userId: string;
}

/** Every failure is a DynamicsError, but for the reason of a caller's own signal. */
export interface DynamicsClient {
  /** The row with this alternate key; undefined if there is none. */
  read(key: string, options?: CallOptions): Promise<PortalRecord | undefined>;
  /** The row with this GUID, whatever its key; undefined if there is none. */
  readById(id: string, options?: CallOptions): Promise<PortalRecord | undefined>;
  /**
   * Writes the row if it still has this ETag, and returns it as it is stored.
   * Errors: conflict if it has changed, missing if it is gone.
   */
  write(id: string, etag: string, listing: Listing, options?: CallOptions): Promise<PortalRecord>;
  /** All rows that have a key or are visible, page by page. Only all pages together say anything. */
  list(options?: CallOptions): AsyncGenerator<PortalRecord[]>;
  /** Who is logged in, and where; fresh: with a token that was not cached. */
  whoAmI(options?: CallOptions & { fresh?: boolean | undefined }): Promise<Identity>;
  /** Whether the table honours If-Match; undefined if the login may not read metadata. */
  honoursEtags(options?: CallOptions): Promise<boolean | undefined>;
  /** Last day of secret or certificate, yyyy-mm-dd, if it is known. */
  credentialsExpireOn(): string | undefined;
}

export interface ClientOptions {
  /**
   * For one request, up to the last byte of its answer (10,000). A call makes one or two, and each
   * may have to fetch a token first; after a refused token both are made once more.
   */
  deadlineMs?: number | undefined;
  /** For one answer (1 MB for a row, 32 MB for a page of a list). */
  maxBytes?: number | undefined;
  /** Rows per page; Dataverse gives no more than 5,000 (5,000). */
  pageSize?: number | undefined;
}

/** What plug-ins and flows of the environment can recognise our writes by. */
const TAG = "tag=mentor-lifecycle";

const ROW_BYTES = 1024 * 1024;
const PAGE_BYTES = 32 * 1024 * 1024;

/** What all calls of a client share. */
export interface Connection {
  config: DynamicsConfig;
  rows: Rows;
  /** Of the Web API, with a slash at the end. */
  base: string;
  call: (
    request: WebApiRequest,
    options: CallOptions & { fresh?: boolean | undefined },
  ) => Promise<Answer>;
}

/** Speaks to the one table of one environment. It knows the protocol, and neither rules nor SQL. */
export function createDynamicsClient(
  config: DynamicsConfig,
  { deadlineMs = 10_000, maxBytes, pageSize = 5000 }: ClientOptions = {},
): DynamicsClient {
  const credentials = createCredentials(config, { deadlineMs });
  const connection: Connection = {
    config,
    rows: rowsOf(config.columns),
    base: `${config.url}/api/data/v9.2/`,
    call: (request, options) =>
      callWebApi(credentials, request, {
        deadlineMs,
        maxBytes: maxBytes ?? (request.ofRow ? ROW_BYTES : PAGE_BYTES),
        ...options,
      }),
  };
  return {
    read: (key, options = {}) => readByKey(connection, key, options),
    readById: (id, options = {}) =>
      readRow(connection, connection.rows.addressById(id), options).catch(undefinedIfMissing),
    write: (id, etag, listing, options = {}) => write(connection, { id, etag, listing }, options),
    list: (options = {}) => list(connection, pageSize, options),
    whoAmI: (options = {}) => whoAmI(connection, options),
    honoursEtags: (options = {}) => honoursEtags(connection, options),
    credentialsExpireOn: () => credentials.expiresOn(),
  };
}

async function readByKey(
  connection: Connection,
  key: string,
  options: CallOptions,
): Promise<PortalRecord | undefined> {
  const address = connection.rows.addressByKey(key);
  const row = await readRow(connection, address, options).catch(undefinedIfMissing);
  if (row !== undefined && row.key !== key) throw otherSpelling();
  return row;
}

async function readRow(
  { base, rows, call }: Connection,
  address: string,
  options: CallOptions,
): Promise<PortalRecord> {
  const url = `${base}${address}?${rows.select}`;
  const answer = await call({ method: "GET", url, ofRow: true }, options);
  return rows.parse(jsonOf(answer), answer.headers.get("etag"));
}

/** Never without If-Match, which would create a row where there is none; never by key. */
async function write(
  connection: Connection,
  { id, etag, listing }: { id: string; etag: string; listing: Listing },
  options: CallOptions,
): Promise<PortalRecord> {
  const { base, rows, call } = connection;
  const address = rows.addressById(id);
  const request: WebApiRequest = {
    method: "PATCH",
    url: `${base}${address}?${rows.select}&${TAG}`,
    ofRow: true,
    headers: {
      "Content-Type": "application/json; charset=utf-8",
      "If-Match": checkEtag(etag),
      Prefer: "return=representation",
    },
    body: JSON.stringify(rows.body(listing)),
  };
  const answer = await call(request, options);
  if (answer.status === 204) return readRow(connection, address, options);
  return rows.parse(jsonOf(answer), answer.headers.get("etag"));
}

function list(
  { config, base, rows, call }: Connection,
  pageSize: number,
  { signal }: CallOptions,
): AsyncGenerator<PortalRecord[]> {
  const headers = { Prefer: `odata.maxpagesize=${pageSize}` };
  const first = `${base}${config.columns.entitySet}?${rows.select}&${rows.filter}`;
  return listPages(first, rows, (url) =>
    call({ method: "GET", url, ofRow: false, headers }, { signal }),
  );
}

function undefinedIfMissing(error: unknown): undefined {
  if (!(error instanceof DynamicsError) || error.errorClass !== "missing") throw error;
}

/** Dataverse compares texts without regard to case and accents; we do not. */
function otherSpelling(): DynamicsError {
  return new DynamicsError(
    "The row that Dataverse found by this mentor's key has the key in another spelling; " +
      "correct it in Dynamics.",
    { errorClass: "permanent" },
  );
}
