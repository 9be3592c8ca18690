import type { Address } from "./addressing.ts";
import { dataverseError, header, odata, preferences } from "./answers.ts";
import type { Answer, Incoming } from "./answers.ts";
import { parsePayload } from "./payload.ts";
import { findRow, refuseOtherOptions, rowMissing } from "./reads.ts";
import { context, parseSelect, represent } from "./representation.ts";
import type { Dataverse } from "./representation.ts";
import type { Row, RowChanges } from "./types.ts";

type Wanted = NonNullable<Address["row"]>;

/**
 * A PATCH: an update, and a creation where there is nothing to update and the request does not ask
 * for a row by If-Match. If it is not to be stored, it is answered as if it had been.
 */
export function writeRow(
  dataverse: Dataverse,
  request: Incoming,
  wanted: Wanted,
  stores: boolean,
): Answer {
  refuseOtherOptions(request.query, ["$select", "tag"]);
  const selected = parseSelect(request.query, dataverse.columns);
  const asked = parsePayload(request, dataverse.columns);
  const before = findRow(dataverse, wanted);
  const changes = changesOf(asked, before, wanted);
  const refused =
    refuseByCondition(dataverse, request, before, wanted) ??
    refuseDuplicate(dataverse, changes, before);
  if (refused !== undefined) return refused;
  const { table } = dataverse;
  const id = "id" in wanted ? wanted.id : before?.id;
  const row = stores
    ? table.put(before, changes, { by: "api", request: request.number }, id)
    : table.pretend(before, changes, "api", id);
  return confirm(dataverse, request, { row, isNew: before === undefined, wanted, selected });
}

/** The key in an address names the row; in a body it counts for a creation, and by id. */
function changesOf(asked: RowChanges, before: Row | undefined, wanted: Wanted): RowChanges {
  if (!("key" in wanted)) return asked;
  if (before !== undefined) return { ...asked, key: undefined };
  return { key: wanted.key, ...asked };
}

function refuseByCondition(
  dataverse: Dataverse,
  request: Incoming,
  before: Row | undefined,
  wanted: Wanted,
): Answer | undefined {
  const ifMatch = header(request, "if-match");
  if (ifMatch !== undefined && before === undefined) return rowMissing(dataverse, wanted);
  if (ifMatch !== undefined && ifMatch !== "*" && ifMatch !== before?.etag) {
    return versionMismatch();
  }
  if (header(request, "if-none-match") === "*" && before !== undefined) {
    return dataverseError(412, "", "A record with matching key values already exists.");
  }
  return undefined;
}

export function versionMismatch(): Answer {
  const sentence =
    "The version of the existing record doesn't match the RowVersion property provided.";
  return dataverseError(412, "0x80060882", sentence);
}

function refuseDuplicate(
  dataverse: Dataverse,
  changes: RowChanges,
  before: Row | undefined,
): Answer | undefined {
  if (typeof changes.key !== "string") return undefined;
  const other = dataverse.table.byKey(changes.key);
  if (other === undefined || other.id === before?.id) return undefined;
  const sentence = `A record that has the attribute value '${changes.key}' already exists.`;
  return dataverseError(412, "0x80060892", sentence);
}

function confirm(
  dataverse: Dataverse,
  request: Incoming,
  written: { row: Row; isNew: boolean; wanted: Wanted; selected: string[] },
): Answer {
  const { row, isNew, wanted, selected } = written;
  const { base, columns } = dataverse;
  if (preferences(request).get("return") === "representation") {
    const body = {
      "@odata.context": context(dataverse, selected, "/$entity"),
      ...represent(row, columns, selected),
    };
    const headers = { ETag: row.etag, "Preference-Applied": "return=representation" };
    return odata(isNew ? 201 : 200, body, headers);
  }
  // In the form of the request: by key, the answer does not tell which row it was.
  const name =
    "id" in wanted ? row.id : `${columns.key}='${encodeURIComponent(doubled(wanted.key))}'`;
  return { status: 204, headers: { "OData-EntityId": `${base}${columns.entitySet}(${name})` } };
}

function doubled(text: string): string {
  return text.replaceAll("'", "''");
}
