import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "pino";
import type { Admission, Rejected } from "./admission.ts";
import { pseudonymOf } from "./caller.ts";
import type { ApiConfig } from "./config.ts";
import { allowGraphiql, allowOrigin, secure } from "./headers.ts";
import { sayHealth } from "./health.ts";
import type { AskDatabase } from "./health.ts";
import { withRequest } from "./request.ts";
import type { ApiRequest } from "./request.ts";

/** From how long on an answer is worth a line in the log. */
const SLOW_MS = 1_000;

/** The rest of the way, grafserv's; it calls back with what it does not know itself. */
type Answer = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

export interface AnswerOptions {
  config: Pick<ApiConfig, "corsOrigins" | "isOpen">;
  admission: Admission;
  askDatabase: AskDatabase;
  logger: Logger;
  /** Who asks, for the settings of the request's transactions. */
  requests: WeakMap<IncomingMessage, ApiRequest>;
  answer: Answer;
  isStopping: () => boolean;
}

/** What happens to a request before GraphQL gets it, and what is said of it afterwards. */
export function answerer(options: AnswerOptions) {
  const { config, askDatabase, isStopping } = options;
  const reply = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? "").split("?")[0] ?? "";
    secure(response);
    // Whoever keeps a connection is to go on with another process.
    if (isStopping()) response.setHeader("Connection", "close");
    if (path === "/livez") return sayHealth(response, true);
    if (path === "/readyz") return sayHealth(response, !isStopping() && (await askDatabase()));
    if (path === "/graphql" && request.method !== "GET")
      return await answerGraphql(options, request, response);
    if (config.isOpen && request.method === "GET") {
      allowGraphiql(response);
      return options.answer(request, response, () => notFound(response));
    }
    return path === "/graphql" ? notAllowed(response) : notFound(response);
  };
  return (request: IncomingMessage, response: ServerResponse): void => {
    reply(request, response).catch((error: unknown) => fail(options, response, error));
  };
}

async function answerGraphql(
  options: AnswerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { config, admission, requests, logger } = options;
  allowOrigin(request, response, config.corsOrigins);
  if (request.method === "OPTIONS") {
    response.writeHead(204).end();
    return;
  }
  if (request.method !== "POST") return notAllowed(response);
  const unreadable = unreadableBecause(request);
  if (unreadable !== undefined) return say(response, 415, "INVALID_REQUEST", unreadable);
  // Types are written large and small; grafserv knows one way.
  request.headers["content-type"] = "application/json";
  const { rejected, caller, organization } = await admission.admit(request, {
    authorization: request.headers.authorization,
    organization: request.headers["x-organization"],
  });
  if (rejected !== undefined) return reject(response, rejected);

  const leaving = new AbortController();
  const current: ApiRequest = { caller, organization, operation: undefined, gone: leaving.signal };
  requests.set(request, current);
  const begun = performance.now();
  response.once("close", () => {
    if (!response.writableFinished) leaving.abort();
    const duration = Math.round(performance.now() - begun);
    if (duration < SLOW_MS) return;
    const { operation } = current;
    logger.warn({ operation, duration_ms: duration, caller: pseudonymOf(caller) }, "slow request");
  });
  withRequest(current, () =>
    options.answer(request, response, (error) => fail(options, response, error)),
  );
}

/** Why a body is not read. A page of another origin cannot send this type without asking first. */
function unreadableBecause({ headers }: IncomingMessage): string | undefined {
  if (!/^application\/json *(;|$)/i.test(headers["content-type"] ?? "")) {
    return "Send JSON: Content-Type: application/json.";
  }
  if (!/^(identity)?$/i.test(headers["content-encoding"] ?? "")) {
    return "Send the body as it is, without an encoding.";
  }
  return undefined;
}

function reject(response: ServerResponse, { status, code, message, retryAfter }: Rejected): void {
  if (retryAfter !== undefined) response.setHeader("Retry-After", String(retryAfter));
  if (status === 401) response.setHeader("WWW-Authenticate", 'Bearer error="invalid_token"');
  say(response, status, code, message);
}

/** A refusal in the form in which GraphQL clients expect one. */
function say(response: ServerResponse, status: number, code: string, message: string): void {
  // What is still being sent is not read: it may be endless.
  response.setHeader("Connection", "close");
  response.writeHead(status, { "Content-Type": "application/json; charset=utf-8" });
  response.end(JSON.stringify({ errors: [{ message, extensions: { code } }] }));
}

function notAllowed(response: ServerResponse): void {
  response.setHeader("Allow", "POST");
  say(response, 405, "INVALID_REQUEST", "Ask with POST.");
}

function notFound(response: ServerResponse): void {
  say(response, 404, "NOT_FOUND", "There is nothing here; GraphQL is at /graphql.");
}

/** Only what went wrong outside of GraphQL comes here; nothing of it is for the client. */
function fail({ logger }: AnswerOptions, response: ServerResponse, error: unknown): void {
  const { name, stack } = error instanceof Error ? error : new Error(String(error));
  const frames = stack?.match(/^ +at .*$/gm)?.slice(0, 8);
  logger.error({ error_name: name, stack: frames }, "a request could not be answered");
  if (response.headersSent) response.destroy();
  else say(response, 500, "INTERNAL", "Something went wrong here.");
}
