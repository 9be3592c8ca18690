import type { ListingColumns } from "../../dynamics/listing.ts";
import { dataverseError, Refusal } from "./answers.ts";
import type { RequestKind } from "./types.ts";

export const WEB_API_PATH = "/api/data/v9.2/";

/** A set, `contacts`, or a row of it, `contacts(…)`. */
export interface Address {
  set: string;
  /** Without it, the address is the set's. */
  row?: { id: string } | { key: string };
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Dataverse's documentation lists them: no request finds a row by a key with one of these in it. */
const NOT_IN_A_KEY = /[/<>*%&:\\?+]/;

/** `contacts` becomes `contact`: the id column is named after the table. */
export function logicalName(columns: ListingColumns): string {
  return columns.id.replace(/id$/, "");
}

/** What a request asks for; `path` is percent-encoded. */
export function kindOf(method: string, path: string): RequestKind {
  if (/^\/[^/]+\/oauth2\/v2\.0\/token$/.test(path)) return "token";
  if (!path.startsWith(WEB_API_PATH)) return "other";
  const resource = path.slice(WEB_API_PATH.length);
  if (/^WhoAmI(\(\))?$/.test(resource)) return "whoami";
  if (/^(EntityDefinitions|\$)/.test(resource)) return "other";
  const isRow = resource.includes("(");
  if (method === "PATCH" && isRow) return "write";
  if (method === "GET") return isRow ? "read" : "list";
  return "other";
}

/** Reads `contacts`, `contacts(guid)`, `contacts(contactid=guid)` and `contacts(key='value')`. */
export function parseAddress(encoded: string, columns: ListingColumns): Address {
  const resource = decode(encoded);
  const parts = /^([^/()]+)(?:\((.*)\))?$/s.exec(resource);
  const [, set = "", inner] = parts ?? [];
  if (parts === null || set !== columns.entitySet) {
    const segment = set || resource;
    throw refusal(404, "0x8006088a", `Resource not found for the segment '${segment}'.`);
  }
  if (inner === undefined) return { set };
  if (GUID.test(inner)) return { set, row: { id: inner.toLowerCase() } };
  return { set, row: parseKey(inner, columns) };
}

function parseKey(inner: string, columns: ListingColumns): { id: string } | { key: string } {
  const [, column = "", literal = ""] = /^([A-Za-z_]\w*)=(.*)$/s.exec(inner) ?? [];
  if (column === columns.id && GUID.test(literal)) return { id: literal.toLowerCase() };
  if (column !== columns.key) {
    const type = `Microsoft.Dynamics.CRM.${logicalName(columns)}`;
    const sentence = `The key in the request URI is not valid for resource '${type}'.`;
    throw refusal(400, "0x80060888", sentence);
  }
  const quoted = /^'((?:[^']|'')*)'$/s.exec(literal)?.[1];
  if (quoted === undefined) {
    throw refusal(400, "0x80060888", `Bad Request - Error in query syntax: ${column}.`);
  }
  const key = quoted.replaceAll("''", "'");
  if (NOT_IN_A_KEY.test(key)) {
    throw refusal(400, "0x80060888", "Bad Request - the key has a character that no address may.");
  }
  return { key };
}

function decode(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw refusal(400, "0x80060888", "Bad Request - Error in query syntax.");
  }
}

function refusal(status: number, code: string, message: string): Refusal {
  return new Refusal(dataverseError(status, code, message));
}
