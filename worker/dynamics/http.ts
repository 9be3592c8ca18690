import { DynamicsError } from "./errors.ts";

export interface Request {
  method: "GET" | "PATCH" | "POST";
  url: string;
  headers: Record<string, string>;
  body?: string;
}

export interface Limits {
  /** For everything from connecting to the last byte of the answer. */
  deadlineMs: number;
  /** For the answer after it was unpacked. */
  maxBytes: number;
  /** The caller's own wish to stop; its reason is thrown as it is. */
  signal?: AbortSignal | undefined;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

/** Who is asked, as it is called in a sentence, and the variable with its address. */
export interface Party {
  name: string;
  variable: string;
}

/** Certificates that do not prove the host. Trying again does not help, and nothing was sent. */
const UNTRUSTED =
  /^(CERT_|ERR_TLS_|ERR_SSL_WRONG_VERSION_NUMBER|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_)/;

/**
 * Sends a request and reads the whole answer, within limits. Redirects are refused, so that a token
 * goes to the configured host and to no other.
 *
 * Errors: transient if there was no complete answer, config if the host cannot prove who it is.
 */
export async function send(party: Party, request: Request, limits: Limits): Promise<Answer> {
  const { deadlineMs, maxBytes, signal } = limits;
  signal?.throwIfAborted();
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), deadlineMs);
  try {
    const { url, ...init } = request;
    const response = await fetch(url, {
      ...init,
      redirect: "error",
      signal: AbortSignal.any([deadline.signal, ...(signal ? [signal] : [])]),
    });
    const text = await readText(party, response, maxBytes);
    return { status: response.status, headers: response.headers, text };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (error instanceof DynamicsError) throw error;
    throw deadline.signal.aborted ? late(party, deadlineMs) : broken(party, error);
  } finally {
    clearTimeout(timer);
  }
}

/** The JSON of an answer, or undefined; the parser's own complaint would quote the text. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Counts while it reads: an answer may be endless, or small only as long as it is packed. */
async function readText(party: Party, response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) {
      throw new DynamicsError(
        `${party.name} sent more than ${maxBytes} bytes, and the rest was not read.`,
        { errorClass: "transient", status: response.status },
      );
    }
    chunks.push(chunk);
  }
  // Takes a byte order mark away.
  return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
}

function late(party: Party, deadlineMs: number): DynamicsError {
  return new DynamicsError(
    `${party.name} has not answered within ${deadlineMs / 1000} s; it is tried again.`,
    { errorClass: "transient", code: "ETIMEDOUT" },
  );
}

function broken(party: Party, error: unknown): DynamicsError {
  const cause = innermost(error);
  const code = systemCode(cause);
  if (code !== undefined && UNTRUSTED.test(code)) {
    return new DynamicsError(
      `The certificate of ${party.name} does not prove its host (${code}); ` +
        `check ${party.variable}, and the authorities and the clock of this machine.`,
      { errorClass: "config", code },
      { cause },
    );
  }
  if (cause instanceof Error && cause.message === "unexpected redirect") {
    return new DynamicsError(
      `${party.name} answered with a redirect, which is not followed because the token would go ` +
        `along; if it stays so, check ${party.variable} and what stands between.`,
      { errorClass: "transient" },
    );
  }
  return new DynamicsError(
    `The connection to ${party.name} failed (${code ?? "no answer that could be read"}); ` +
      `it is tried again. If it stays so, check ${party.variable}.`,
    { errorClass: "transient", code },
    { cause },
  );
}

/** fetch wraps what the system says, sometimes twice. */
function innermost(error: unknown): unknown {
  let cause = error;
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
  return cause;
}

function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
