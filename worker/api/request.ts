import { AsyncLocalStorage } from "node:async_hooks";
import type { Caller } from "./caller.ts";

/** What is known of the request that is being answered. */
export interface ApiRequest {
  caller: Caller;
  /** Slug of the organisation that the caller means; empty if the subject is known to one only. */
  organization: string;
  /** Name of the operation, as far as the client gave it one. */
  operation: string | undefined;
  /** Whether it came over a connection that stays, on which a subscription may. */
  isSocket?: boolean;
  /** Whether it changes nothing, so that nothing is lost if it ends before its answer. */
  isQuestion?: boolean;
  /** Aborted when the client went away before it had its answer. */
  gone?: AbortSignal;
}

const current = new AsyncLocalStorage<ApiRequest>();

/** Answers within a request, so that whatever goes wrong can be said of it. */
export function withRequest<Result>(request: ApiRequest, work: () => Result): Result {
  return current.run(request, work);
}

export function currentRequest(): ApiRequest | undefined {
  return current.getStore();
}

const SLUG = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** The slug of the header X-Organization; undefined if it is none. */
export function readOrganization(header: unknown): string | undefined {
  if (header === undefined || header === "") return "";
  return typeof header === "string" && SLUG.test(header) ? header : undefined;
}

/** Only a name that the client has given: a document may hold what nobody should read in a log. */
export function operationOf(body: {
  operationName?: unknown;
  query?: unknown;
}): string | undefined {
  const { operationName, query } = body;
  const name =
    typeof operationName === "string"
      ? operationName
      : /\b(?:query|mutation|subscription)\s+(\w+)/.exec(
          typeof query === "string" ? query : "",
        )?.[1];
  return name === undefined || !/^\w{1,60}$/.test(name) ? undefined : name;
}
