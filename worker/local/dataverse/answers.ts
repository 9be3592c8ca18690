import type { IncomingHttpHeaders } from "node:http";
import type { RequestKind } from "./types.ts";

/** A request whose body has been read. */
export interface Incoming {
  number: number;
  method: string;
  /** Without query, percent-encoded as it came. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
  kind: RequestKind;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body?: string;
}

/** Ends the handling of a request with an answer. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(`answered with ${answer.status}`);
    this.answer = answer;
  }
}

export function json(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { "Content-Type": "application/json; charset=utf-8", ...headers },
    body: JSON.stringify(value),
  };
}

/** The JSON of an OData service says how much metadata it carries. */
export function odata(
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): Answer {
  return json(status, value, {
    "Content-Type": "application/json; odata.metadata=minimal",
    ...headers,
  });
}

export function html(status: number, body: string): Answer {
  return { status, headers: { "Content-Type": "text/html; charset=utf-8" }, body };
}

/** An error as Dataverse words it: a code in hexadecimal and a sentence. */
export function dataverseError(
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): Answer {
  return odata(status, { error: { code, message } }, headers);
}

/** The first header of that name. */
export function header(request: Incoming, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** The preferences of a request, as in `return=representation, odata.maxpagesize=50`. */
export function preferences(request: Incoming): Map<string, string> {
  const named = (header(request, "prefer") ?? "").split(",").map((preference) => {
    const [name = "", value = ""] = preference.split("=", 2);
    return [name.trim().toLowerCase(), value.trim().replaceAll('"', "")] as const;
  });
  return new Map(named);
}
