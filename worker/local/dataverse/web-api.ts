import { logicalName, parseAddress, WEB_API_PATH } from "./addressing.ts";
import { dataverseError, odata, Refusal } from "./answers.ts";
import type { Answer, Incoming } from "./answers.ts";
import { findRow, listRows, readRow } from "./reads.ts";
import type { View } from "./reads.ts";
import { USERS } from "./representation.ts";
import type { Dataverse } from "./representation.ts";
import { TENANT_ID } from "./tenant.ts";
import type { ApplicationUserState } from "./types.ts";
import { writeRow } from "./writes.ts";

/** How faithfully a request is handled. */
export interface Handling {
  /** Writes are kept (true). */
  stores?: boolean;
  /** Rows are shown as they were before their last change (false). */
  showsPrevious?: boolean;
}

export function answerWebApi(
  dataverse: Dataverse,
  request: Incoming,
  handling: Handling = {},
): Answer {
  try {
    return route(dataverse, request, handling);
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
}

function route(dataverse: Dataverse, request: Incoming, handling: Handling): Answer {
  const { stores = true, showsPrevious = false } = handling;
  if (!request.path.startsWith(WEB_API_PATH)) {
    return dataverseError(400, "0x80060888", "Requested API Version was not understood.");
  }
  const resource = request.path.slice(WEB_API_PATH.length);
  if (resource.startsWith("EntityDefinitions")) return describeTable(dataverse, request, resource);
  if (request.kind === "whoami" && request.method === "GET") return whoAmI(dataverse);
  const { row } = parseAddress(resource, dataverse.columns);
  const view: View = (it) => (showsPrevious ? dataverse.table.previousOf(it) : it);
  if (request.kind === "list") return listRows(dataverse, request, view);
  if (request.kind === "read" && row) return readRow(dataverse, request, row, view);
  if (request.kind === "write" && row) return writeRow(dataverse, request, row, stores);
  return dataverseError(405, "0x0", `The method ${request.method} is not allowed here.`);
}

function whoAmI(dataverse: Dataverse): Answer {
  return odata(200, {
    "@odata.context": `${dataverse.base}$metadata#Microsoft.Dynamics.CRM.WhoAmIResponse`,
    BusinessUnitId: "55555555-eeee-4eee-8eee-555555555555",
    UserId: USERS.api,
    OrganizationId: dataverse.organizationId,
  });
}

/** Metadata of the one table, by name or by a filter on the set's name. */
function describeTable(dataverse: Dataverse, request: Incoming, resource: string): Answer {
  const { base, columns } = dataverse;
  const about = {
    LogicalName: logicalName(columns),
    EntitySetName: columns.entitySet,
    IsOptimisticConcurrencyEnabled: true,
  };
  const selected = request.query.get("$select")?.split(",") ?? Object.keys(about);
  const chosen = Object.fromEntries(
    Object.entries(about).filter(([name]) => selected.includes(name)),
  );
  const named = /^EntityDefinitions\(LogicalName='([^']*)'\)$/.exec(decodeURIComponent(resource));
  if (named?.[1] === about.LogicalName) {
    return odata(200, {
      "@odata.context": `${base}$metadata#EntityDefinitions(${selected.join(",")})/$entity`,
      ...chosen,
    });
  }
  if (resource === "EntityDefinitions") {
    const wanted = /^EntitySetName eq '([^']*)'$/.exec(request.query.get("$filter") ?? "")?.[1];
    const value = wanted === undefined || wanted === columns.entitySet ? [chosen] : [];
    return odata(200, {
      "@odata.context": `${base}$metadata#EntityDefinitions(${selected.join(",")})`,
      value,
    });
  }
  return dataverseError(404, "0x80060888", "Could not find an entity with the specified name.");
}

/** The key of the mentor whom a request concerns, if it is about one row. */
export function keyOf(dataverse: Dataverse, request: Incoming): string | undefined {
  if (request.kind !== "read" && request.kind !== "write") return undefined;
  try {
    const resource = request.path.slice(WEB_API_PATH.length);
    const { row } = parseAddress(resource, dataverse.columns);
    if (row === undefined) return undefined;
    return "key" in row ? row.key : (findRow(dataverse, row)?.key ?? undefined);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** A token that is missing, made up, too old or revoked: no word about which. */
export function unauthorized(url: string): Answer {
  const authority = `https://login.microsoftonline.com/${TENANT_ID}/oauth2/authorize`;
  return {
    status: 401,
    headers: { "WWW-Authenticate": `Bearer authorization_uri=${authority}, resource_id=${url}/` },
  };
}

/**
 * What the environment says to a good token of a user it does not want. One with a role that lacks
 * the table may still ask who it is.
 */
export function refuseUser(
  dataverse: Dataverse,
  request: Incoming,
  state: ApplicationUserState,
): Answer | undefined {
  if (state === "not_a_member") {
    return dataverseError(403, "0x80072560", "The user is not a member of the organization.");
  }
  if (state === "disabled") return dataverseError(403, "0x80040225", "The user is disabled.");
  if (state === "enabled" || request.kind === "whoami") return undefined;
  return missingPrivilege(dataverse, request);
}

export function missingPrivilege(dataverse: Dataverse, request: Incoming): Answer {
  const entity = logicalName(dataverse.columns);
  const verb = request.kind === "write" ? "Write" : "Read";
  const privilege = `prv${verb}${entity.charAt(0).toUpperCase()}${entity.slice(1)}`;
  const sentence = `Principal user (Id=${USERS.api}, type=8) is missing ${privilege} privilege for entity '${entity}'`;
  return dataverseError(403, "0x80040220", sentence);
}
