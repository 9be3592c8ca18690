import type { ListingColumns } from "../../dynamics/listing.ts";
import { logicalName } from "./addressing.ts";
import { dataverseError, Refusal } from "./answers.ts";
import type { Table } from "./table.ts";
import type { Author, Row } from "./types.ts";

/** What the handlers of the Web API work on. */
export interface Dataverse {
  table: Table;
  columns: ListingColumns;
  /** Address of the Web API, with a slash at its end. */
  base: string;
  organizationId: string;
}

/** Who stands behind the two authors. */
export const USERS: Record<Author, string> = {
  api: "33333333-cccc-4ccc-8ccc-333333333333",
  human: "44444444-dddd-4ddd-8ddd-444444444444",
};

/** Every property that may be read, under its name. */
function properties(row: Row, columns: ListingColumns): Map<string, unknown> {
  const all = new Map<string, unknown>([
    [columns.id, row.id],
    [columns.key, row.key],
    [columns.visible, row.visible],
    [columns.visibleUntil, row.visibleUntil],
    ["modifiedon", row.modifiedOn],
    ["_modifiedby_value", USERS[row.modifiedBy]],
    ["versionnumber", Number(/\d+/.exec(row.etag)?.[0])],
  ]);
  if (columns.version !== undefined) all.set(columns.version, row.version);
  return all;
}

/** The columns of a `$select`; the id is always among them. All if there is none. */
export function parseSelect(query: URLSearchParams, columns: ListingColumns): string[] {
  const known = [...properties(EMPTY, columns).keys()];
  const selected = query.get("$select");
  if (selected === null) return known;
  const names = selected.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw unknownProperty(unknown, columns);
  return [...new Set([...names, columns.id])];
}

const EMPTY: Row = {
  id: "",
  key: null,
  visible: false,
  visibleUntil: null,
  version: null,
  etag: "",
  modifiedOn: "",
  modifiedBy: "api",
};

export function represent(
  row: Row,
  columns: ListingColumns,
  selected: string[],
): Record<string, unknown> {
  const all = properties(row, columns);
  const chosen = selected.map((name) => [name, all.get(name)]);
  return { "@odata.etag": row.etag, ...Object.fromEntries(chosen) };
}

export function context(dataverse: Dataverse, selected: string[], suffix = ""): string {
  const { base, columns } = dataverse;
  return `${base}$metadata#${columns.entitySet}(${selected.join(",")})${suffix}`;
}

/** A property that the table does not have, in a query. */
export function unknownProperty(name: string, columns: ListingColumns): Refusal {
  const type = `Microsoft.Dynamics.CRM.${logicalName(columns)}`;
  const sentence = `Could not find a property named '${name}' on type '${type}'.`;
  return new Refusal(dataverseError(400, "0x80060888", sentence));
}
