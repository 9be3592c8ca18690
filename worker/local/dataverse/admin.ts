import { z } from "zod";
import { header, json, Refusal } from "./answers.ts";
import type { Answer, Incoming } from "./answers.ts";
import { faultInput } from "./faults.ts";
import { isDate } from "./payload.ts";
import type { Simulator } from "./types.ts";

const PATH = "/simulator";

const listing = {
  visible: z.boolean().optional(),
  visibleUntil: z.string().refine(isDate, "must be a day, yyyy-mm-dd").nullable().optional(),
  version: z.int().nullable().optional(),
};
const newRow = z.strictObject({ key: z.string().min(1), ...listing });
const changes = z.strictObject({ key: z.string().min(1).optional(), ...listing });

export function isAdmin(path: string): boolean {
  return path === PATH || path.startsWith(`${PATH}/`);
}

/** What a person may look at and break from a terminal. */
export function answerAdmin(simulator: Simulator, request: Incoming): Answer {
  try {
    refuseForeign(simulator, request);
    return route(simulator, request);
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
}

function route(simulator: Simulator, request: Incoming): Answer {
  const [what = "", ...rest] = request.path.slice(PATH.length + 1).split("/");
  const key = rest.length > 0 ? decoded(rest.join("/")) : undefined;
  const row = key === undefined ? what : `${what}/KEY`;
  switch (`${request.method} ${row}`) {
    case "GET ":
      return text(200, help(simulator.url));
    case "POST faults":
      simulator.inject(read(request, faultInput));
      return { status: 204, headers: {} };
    case "DELETE faults":
      simulator.heal();
      return { status: 204, headers: {} };
    case "GET rows":
      return json(200, simulator.rows());
    case "POST rows":
      return addRow(simulator, read(request, newRow));
    case "POST rows/KEY":
      return editRow(simulator, key!, read(request, changes));
    case "DELETE rows/KEY":
      mustExist(simulator, key!);
      simulator.remove(key!);
      return { status: 204, headers: {} };
    default:
      throw refusal(404, `There is nothing here; ${simulator.url}${PATH} lists what there is.`);
  }
}

function addRow(simulator: Simulator, { key, ...listing }: z.output<typeof newRow>): Answer {
  mustBeFree(simulator, key);
  return json(201, simulator.add(key, listing));
}

function editRow(simulator: Simulator, key: string, edited: z.output<typeof changes>): Answer {
  mustExist(simulator, key);
  if (edited.key !== undefined && edited.key !== key) mustBeFree(simulator, edited.key);
  return json(200, simulator.edit(key, edited));
}

function mustExist(simulator: Simulator, key: string): void {
  if (simulator.row(key) === undefined) throw refusal(404, `There is no row with the key ${key}.`);
}

function mustBeFree(simulator: Simulator, key: string): void {
  if (simulator.row(key) === undefined) return;
  throw refusal(409, `There is a row with the key ${key} already.`);
}

/** A page in the same person's browser must not reach in here: it cannot send JSON unasked. */
function refuseForeign(simulator: Simulator, request: Incoming): void {
  const { port } = new URL(simulator.url);
  const host = header(request, "host");
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) {
    throw refusal(403, `Use ${simulator.url}${PATH}.`);
  }
  const isJson = (header(request, "content-type") ?? "").startsWith("application/json");
  if (request.method === "POST" && !isJson) {
    throw refusal(415, "Send JSON, with -H 'Content-Type: application/json'.");
  }
}

function read<Schema extends z.ZodType>(request: Incoming, schema: Schema): z.output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(request.body);
  } catch {
    throw refusal(400, "The body is not JSON.");
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw refusal(400, z.prettifyError(result.error));
}

function decoded(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw refusal(400, "The key in the address is not well encoded.");
  }
}

function refusal(status: number, sentence: string): Refusal {
  return new Refusal(text(status, `${sentence}\n`));
}

function text(status: number, body: string): Answer {
  return { status, headers: { "Content-Type": "text/plain; charset=utf-8" }, body };
}

function help(url: string): string {
  const admin = `${url}${PATH}`;
  const post = "curl -X POST -H 'Content-Type: application/json'";
  const faults = `${post} ${admin}/faults -d`;
  return `Dataverse simulator

The public page             ${url}/portal    (as JSON: ${url}/portal.json; past its cache: ?fresh=1)

Look at the rows            curl ${admin}/rows
Add one                     ${post} ${admin}/rows -d '{"key":"LP-1","visible":true}'
Edit one, as a human        ${post} ${admin}/rows/LP-1 -d '{"visible":false}'
Remove one                  curl -X DELETE ${admin}/rows/LP-1

Break something, once unless "times" says how often, or "forever":

Too many requests           ${faults} '{"on":"any","effect":"throttle","facet":"requests","retryAfter":"30","times":5}'
An outage                   ${faults} '{"on":"any","effect":"server_error","status":503,"times":"forever"}'
The login is refused        ${faults} '{"on":"token","effect":"unauthorized","times":"forever"}'
One mentor is refused       ${faults} '{"on":"write","key":"LP-1","effect":"reject_row","times":"forever"}'
A column was renamed        ${faults} '{"on":"write","effect":"undeclared_property","times":"forever"}'
No answer at all            ${faults} '{"on":"write","effect":"hang"}'
Applied, answer lost        ${faults} '{"on":"write","effect":"apply_then_drop"}'
Applied a minute later      ${faults} '{"on":"write","effect":"apply_late","afterMs":60000}'
Success that is none        ${faults} '{"on":"write","effect":"lie"}'
Every second request        ${faults} '{"on":"any","effect":"reset","probability":0.5,"times":"forever"}'

"on": any, token, whoami, read, write, list, other. "key": only this mentor. "skip": so many pass first.
Further effects: status, unauthorized, forbidden, html, redirect, slow_body, reset, stale, truncate,
empty_body, huge_body, bad_json, bom, gone, precondition.

Make all well again         curl -X DELETE ${admin}/faults
`;
}
