import { randomUUID } from "node:crypto";
import type { Credentials } from "./credentials.ts";
import { DynamicsError } from "./errors.ts";
import { parseJson, send } from "./http.ts";
import type { Answer } from "./http.ts";
import { dataverseRefusal } from "./refusal.ts";

export interface WebApiRequest {
  method: "GET" | "PATCH";
  url: string;
  /** Whether it is about one row. */
  ofRow: boolean;
  headers?: Record<string, string>;
  body?: string;
}

export interface WebApiLimits {
  deadlineMs: number;
  maxBytes: number;
  signal?: AbortSignal | undefined;
  /** Begins with a token that was not cached (false). */
  fresh?: boolean | undefined;
}

const DATAVERSE = { name: "Dataverse", variable: "DYNAMICS_URL" };

const HEADERS = {
  Accept: "application/json",
  "OData-MaxVersion": "4.0",
  "OData-Version": "4.0",
  "User-Agent": "mentor-lifecycle",
};

/**
 * Sends a request with a token, and once more with a fresh one if the first is refused: tokens can be
 * revoked before their time. Returns answers of success only.
 */
export async function callWebApi(
  credentials: Credentials,
  request: WebApiRequest,
  limits: WebApiLimits,
): Promise<Answer> {
  const first = await attempt(credentials, request, limits);
  const last =
    first.answer.status === 401
      ? await attempt(credentials, request, { ...limits, fresh: true })
      : first;
  const { answer, requestId } = last;
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw dataverseRefusal(answer, { ofRow: request.ofRow, requestId });
}

async function attempt(
  credentials: Credentials,
  { method, url, headers, body }: WebApiRequest,
  { fresh, ...limits }: WebApiLimits,
): Promise<{ answer: Answer; requestId: string }> {
  const token = await credentials.token({ fresh, signal: limits.signal });
  const requestId = randomUUID();
  const ours = { Authorization: `Bearer ${token}`, "x-ms-client-request-id": requestId };
  const answer = await send(
    DATAVERSE,
    {
      method,
      url,
      headers: { ...HEADERS, ...headers, ...ours },
      ...(body !== undefined && { body }),
    },
    limits,
  );
  return { answer, requestId };
}

/** The object in an answer of success. A page of a proxy's or of a login comes with 200 as well. */
export function jsonOf(answer: Answer): object {
  const body = parseJson(answer.text);
  if (typeof body === "object" && body !== null) return body;
  throw unusable(answer);
}

/** The answer is none that Dataverse gives; whether a write has been applied is not known. */
export function unusable({ status }: Answer): DynamicsError {
  return new DynamicsError(
    `The answer that came for Dataverse's cannot be used (${status}); it is tried again. ` +
      "If it stays so, check DYNAMICS_URL and what stands between.",
    { errorClass: "transient", status },
  );
}
