import type { DynamicsConfig } from "./config.ts";
import { readCertificateFile, readSecretFile } from "./credential-files.ts";
import { fetchToken } from "./entra.ts";
import type { AccessToken } from "./entra.ts";
import { DynamicsError } from "./errors.ts";

export interface TokenOptions {
  /** Asks Entra, whatever is cached: the only proof that the credentials work now (false). */
  fresh?: boolean | undefined;
  /** Ends this caller's waiting, not the request that others wait for as well. */
  signal?: AbortSignal | undefined;
}

export interface Credentials {
  /** An access token for the environment. Errors: auth, throttled, transient, config. */
  token(options?: TokenOptions): Promise<string>;
  /** Last day of secret or certificate, yyyy-mm-dd, if it is known. */
  expiresOn(): string | undefined;
}

export interface CredentialsOptions {
  /** For one request to Entra (10,000). */
  deadlineMs?: number | undefined;
}

/** Tokens of no more than a few kilobytes are put into a header. */
const MAX_ANSWER_BYTES = 256 * 1024;

/** A token is not used up to its last second: clocks differ, and requests take time. */
const MARGIN_MS = 5 * 60_000;

/** Between two attempts to renew a token early, if Entra does not say. */
const EARLY_RENEWAL_SECONDS = 60;

/** Keeps one token, and lets all who need the next one at the same time wait for one request. */
export function createCredentials(
  config: DynamicsConfig,
  options: CredentialsOptions = {},
): Credentials {
  const limits = { deadlineMs: options.deadlineMs ?? 10_000, maxBytes: MAX_ANSWER_BYTES };
  let cached: (AccessToken & { renewAt: number }) | undefined;
  let flight: { fresh: boolean; token: Promise<string> } | undefined;
  let latest = 0;

  const isUsable = () => cached !== undefined && Date.now() < cached.expiresAt - MARGIN_MS;

  /** A fresh token serves those who would take any, not the other way round. */
  const share = (fresh: boolean): Promise<string> => {
    if (flight !== undefined && (flight.fresh || !fresh)) return flight.token;
    const number = (latest += 1);
    const token = fetchToken(config, limits)
      .then((next) => {
        if (number === latest) cached = { ...next, renewAt: next.refreshAt ?? next.expiresAt };
        return next.token;
      })
      .finally(() => {
        if (number === latest) flight = undefined;
      });
    flight = { fresh, token };
    return token;
  };

  return {
    async token({ fresh = false, signal } = {}) {
      signal?.throwIfAborted();
      if (!fresh && cached !== undefined && isUsable() && Date.now() < cached.renewAt) {
        return cached.token;
      }
      try {
        return await untilAborted(share(fresh), signal);
      } catch (error) {
        const early = !fresh && isUsable() && error instanceof DynamicsError;
        if (!early || cached === undefined) throw error;
        cached.renewAt = Date.now() + (error.retryAfterSeconds ?? EARLY_RENEWAL_SECONDS) * 1000;
        return cached.token;
      }
    },
    expiresOn: () => expiresOn(config),
  };
}

/** An unreadable file is reported by whoever needs what is in it. */
function expiresOn({ credential, secretExpiresOn }: DynamicsConfig): string | undefined {
  try {
    if (credential.kind === "certificate-file") {
      return readCertificateFile(credential.path).expiresOn;
    }
    if (credential.kind === "secret-file") {
      return readSecretFile(credential.path).expiresOn ?? secretExpiresOn;
    }
    return secretExpiresOn;
  } catch {
    return undefined;
  }
}

async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
