import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { kindOf } from "./addressing.ts";
import { header } from "./answers.ts";
import type { Incoming } from "./answers.ts";
import { deliver } from "./delivery.ts";
import type { Delivery } from "./effects.ts";
import type { JournalEntry } from "./types.ts";

/** Longer than any pause between two requests, so that no connection closes under a new one. */
const KEEP_ALIVE_MS = 600_000;

const MAX_BODY_BYTES = 1_000_000;

export interface Listener {
  server: Server;
  port: number;
}

/** Decides what becomes of a request; its entry in the journal may be completed. */
export type Decide = (request: Incoming, entry: JournalEntry) => Promise<Delivery>;

/** Listens on the loopback interface, and notes every request in the journal. */
export async function listen(
  port: number,
  journal: JournalEntry[],
  decide: Decide,
  stopped: AbortSignal,
): Promise<Listener> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    serve(request, response, journal, decide, stopped).catch((error: unknown) => {
      // Whoever waits for an answer must not wait in vain because of a mistake in here.
      if (!stopped.aborted) console.error("dataverse simulator:", error);
      request.socket.destroy();
    });
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(port, "127.0.0.1", resolve);
  await promise;
  server.off("error", reject);
  return { server, port: (server.address() as AddressInfo).port };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  journal: JournalEntry[],
  decide: Decide,
  stopped: AbortSignal,
): Promise<void> {
  const entry = note(request, journal);
  response.once("close", () => {
    entry.status = response.writableFinished ? response.statusCode : 0;
  });
  const body = await readBody(request);
  if (body === undefined) return;
  const [path, query] = splitOnce(request.url ?? "/", "?");
  const { number, method, kind } = entry;
  const { headers } = request;
  const incoming = { number, method, kind, path, headers, body, query: new URLSearchParams(query) };
  if (body !== "" && kind !== "token") entry.body = parsed(body);
  const ifMatch = header(incoming, "if-match");
  if (ifMatch !== undefined) entry.ifMatch = ifMatch;
  const delivery = await decide(incoming, entry);
  // Known before the client knows it, so that nobody who has the answer finds a 0 in the journal.
  if (delivery.how === "send" && !response.destroyed) entry.status = delivery.answer.status;
  await deliver(delivery, request, response, stopped);
}

function note(request: IncomingMessage, journal: JournalEntry[]): JournalEntry {
  const { url = "/", method = "GET" } = request;
  const [path] = splitOnce(url, "?");
  const entry: JournalEntry = {
    number: journal.length + 1,
    at: Date.now(),
    method,
    path: decoded(url),
    kind: kindOf(method, path),
    status: 0,
  };
  journal.push(entry);
  return entry;
}

/** Undefined if the client went away before it had sent everything. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) throw new Error("The body is larger than any that is sensible");
      chunks.push(chunk);
    }
  } catch {
    request.socket.destroy();
    return undefined;
  }
  return Buffer.concat(chunks).toString("utf8");
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function decoded(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
