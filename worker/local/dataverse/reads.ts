import type { ListingColumns } from "../../dynamics/listing.ts";
import type { Address } from "./addressing.ts";
import { logicalName } from "./addressing.ts";
import { dataverseError, header, odata, preferences, Refusal } from "./answers.ts";
import type { Answer, Incoming } from "./answers.ts";
import { context, parseSelect, represent, unknownProperty } from "./representation.ts";
import type { Dataverse } from "./representation.ts";
import type { Row } from "./types.ts";

/** Dataverse's own, and the most that it gives. */
const MAX_PAGE_SIZE = 5000;

const READ_OPTIONS = ["$select", "tag"];
const LIST_OPTIONS = [...READ_OPTIONS, "$filter", "$skiptoken"];

/** How a row looks to the reader: as it is, or as it was. */
export type View = (row: Row) => Row;

export function findRow(
  dataverse: Dataverse,
  wanted: NonNullable<Address["row"]>,
): Row | undefined {
  const { table } = dataverse;
  return "id" in wanted ? table.byId(wanted.id) : table.byKey(wanted.key);
}

export function rowMissing(dataverse: Dataverse, wanted: NonNullable<Address["row"]>): Answer {
  const entity = logicalName(dataverse.columns);
  return "id" in wanted
    ? dataverseError(404, "0x80040217", `${entity} With Id = ${wanted.id} Does Not Exist`)
    : dataverseError(
        404,
        "0x80060891",
        `A record with the specified key values does not exist in ${entity} entity`,
      );
}

export function readRow(
  dataverse: Dataverse,
  request: Incoming,
  wanted: NonNullable<Address["row"]>,
  view: View,
): Answer {
  refuseOtherOptions(request.query, READ_OPTIONS);
  const selected = parseSelect(request.query, dataverse.columns);
  const found = findRow(dataverse, wanted);
  if (found === undefined) return rowMissing(dataverse, wanted);
  const row = view(found);
  if (header(request, "if-none-match") === row.etag) {
    return { status: 304, headers: { ETag: row.etag } };
  }
  const body = {
    "@odata.context": context(dataverse, selected, "/$entity"),
    ...represent(row, dataverse.columns, selected),
  };
  return odata(200, body, { ETag: row.etag });
}

/** A page of the rows in the order of their creation, and where the next one is. */
export function listRows(dataverse: Dataverse, request: Incoming, view: View): Answer {
  const { columns, base } = dataverse;
  refuseOtherOptions(request.query, LIST_OPTIONS);
  const selected = parseSelect(request.query, columns);
  const matches = parseFilter(request.query.get("$filter"), columns);
  const { pageSize, headers } = pageOf(request);
  const rows = dataverse.table.rows().map(view).filter(matches);
  const start = startOfPage(request.query.get("$skiptoken"), rows);
  const page = rows.slice(start, start + pageSize);
  const next = rows[start + pageSize];
  const link = new URLSearchParams(request.query);
  if (next !== undefined) link.set("$skiptoken", skipToken(next));
  const body = {
    "@odata.context": context(dataverse, selected),
    value: page.map((row) => represent(row, columns, selected)),
    ...(next && { "@odata.nextLink": `${base}${columns.entitySet}?${link.toString()}` }),
  };
  return odata(200, body, headers);
}

/** A size that is out of bounds is ignored, and one that is followed is said. */
function pageOf(request: Incoming): { pageSize: number; headers: Record<string, string> } {
  const preferred = preferences(request).get("odata.maxpagesize");
  const size = Number(preferred);
  if (preferred === undefined || !Number.isInteger(size) || size < 1 || size > MAX_PAGE_SIZE) {
    return { pageSize: MAX_PAGE_SIZE, headers: {} };
  }
  return { pageSize: size, headers: { "Preference-Applied": `odata.maxpagesize=${size}` } };
}

/** The three forms in which the listing is asked for, with any spacing. */
function parseFilter(filter: string | null, columns: ListingColumns): (row: Row) => boolean {
  if (filter === null) return () => true;
  const terms = filter.trim().split(/\s+or\s+/);
  const tests = terms.map((term) => {
    const [, column = "", rest = ""] = /^(\S+)\s+(.*)$/.exec(term) ?? [];
    const test = rest.replace(/\s+/g, " ");
    if (column === columns.key && test === "ne null") return (row: Row) => row.key !== null;
    if (column === columns.visible && test === "eq true") return (row: Row) => row.visible;
    if (![columns.key, columns.visible].includes(column)) throw unknownProperty(column, columns);
    throw badQuery(`the filter '${term}' is not one that this service knows.`);
  });
  return (row) => tests.some((test) => test(row));
}

/** Opaque to the client: the first row of the page that follows. */
function skipToken(row: Row): string {
  return Buffer.from(JSON.stringify({ first: row.id })).toString("base64url");
}

function startOfPage(token: string | null, rows: Row[]): number {
  if (token === null) return 0;
  const start = rows.findIndex((row) => skipToken(row) === token);
  if (start === -1) throw badQuery("the skip token is malformed or its page is gone.");
  return start;
}

export function refuseOtherOptions(query: URLSearchParams, known: string[]): void {
  const other = [...query.keys()].find((name) => !known.includes(name));
  if (other !== undefined) throw badQuery(`the query option '${other}' is not supported.`);
}

function badQuery(reason: string): Refusal {
  return new Refusal(dataverseError(400, "0x80060888", `Bad Request - ${reason}`));
}
