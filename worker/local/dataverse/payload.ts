import type { ListingColumns } from "../../dynamics/listing.ts";
import { dataverseError, header, Refusal } from "./answers.ts";
import type { Incoming } from "./answers.ts";
import type { RowChanges } from "./types.ts";

/** Dataverse's default for a single line of text. */
const MAX_TEXT_LENGTH = 100;

const MAX_WHOLE_NUMBER = 2_147_483_647;

/** The changes that the body of a PATCH asks for, each property of the type of its column. */
export function parsePayload(request: Incoming, columns: ListingColumns): RowChanges {
  if (!(header(request, "content-type") ?? "").startsWith("application/json")) {
    throw refusal(415, "0x80060888", "The request's content type is not supported.");
  }
  const body = parseObject(request.body, columns);
  const changes: RowChanges = {};
  for (const [name, value] of Object.entries(body)) {
    if (name === columns.key) changes.key = textOf(value, name, columns);
    else if (name === columns.visible) changes.visible = yesNoOf(value, name, columns);
    else if (name === columns.visibleUntil) changes.visibleUntil = dateOf(value, name, columns);
    else if (name === columns.version) changes.version = numberOf(value, name, columns);
    else if (name !== columns.id) {
      throw undeclaredProperty(name, columns);
    }
  }
  return changes;
}

function parseObject(body: string, columns: ListingColumns): object {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Said below, like any other value that is not an object.
  }
  throw badPayload(columns, "The body is not a JSON object.");
}

function textOf(value: unknown, name: string, columns: ListingColumns): string | null {
  if (value !== null && typeof value !== "string") throw wrongType(columns, name, "Edm.String");
  if (value !== null && value.length > MAX_TEXT_LENGTH) {
    const sentence = `The length of the '${name}' attribute exceeded the maximum allowed length of '${MAX_TEXT_LENGTH}'.`;
    throw refusal(400, "0x80044331", sentence);
  }
  return value;
}

function yesNoOf(value: unknown, name: string, columns: ListingColumns): boolean {
  if (typeof value !== "boolean") throw wrongType(columns, name, "Edm.Boolean");
  return value;
}

function dateOf(value: unknown, name: string, columns: ListingColumns): string | null {
  if (value !== null && !isDate(value)) throw wrongType(columns, name, "Edm.Date");
  return value as string | null;
}

function numberOf(value: unknown, name: string, columns: ListingColumns): number | null {
  const fits = Number.isInteger(value) && Math.abs(value as number) <= MAX_WHOLE_NUMBER;
  if (value !== null && !fits) throw wrongType(columns, name, "Edm.Int32");
  return value as number | null;
}

/** A day that the calendar has, yyyy-mm-dd. */
export function isDate(value: unknown): boolean {
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\d$/.test(value)) return false;
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}

/** A property that the table does not have, in a body. */
export function undeclaredProperty(name: string, columns: ListingColumns): Refusal {
  return badPayload(columns, `The undeclared property '${name}' is not a property of the type.`);
}

function wrongType(columns: ListingColumns, name: string, type: string): Refusal {
  return badPayload(
    columns,
    `Cannot convert the value of '${name}' to the expected type '${type}'.`,
  );
}

function badPayload(columns: ListingColumns, reason: string): Refusal {
  const where = `Error identified in Payload provided by the user for Entity :'${columns.entitySet}'`;
  return refusal(400, "0x80048d19", `${where}, InnerException : ${reason}`);
}

function refusal(status: number, code: string, message: string): Refusal {
  return new Refusal(dataverseError(status, code, message));
}
