import type { IncomingMessage } from "node:http";
import type { Logger } from "pino";
import { identifyBy, pseudonymOf } from "./caller.ts";
import type { Caller } from "./caller.ts";
import type { ApiConfig } from "./config.ts";
import { limitRate } from "./rate-limit.ts";
import type { Rate } from "./rate-limit.ts";
import { readOrganization } from "./request.ts";

/** Why somebody is not let in. */
export interface Rejected {
  status: 400 | 401 | 429 | 503;
  code: string;
  message: string;
  /** Seconds to wait. */
  retryAfter?: number;
}

export type Admitted =
  | { caller: Caller; organization: string; rejected?: never }
  | { rejected: Rejected; caller?: never; organization?: never };

export interface Credentials {
  authorization: string | undefined;
  organization: unknown;
}

export interface Rates {
  /** Of one subject. */
  known: Rate;
  /** Of one address without a token, or with a bad one. */
  unknown: Rate;
}

const RATES: Rates = {
  known: { burst: 120, perSecond: 20 },
  unknown: { burst: 30, perSecond: 2 },
};

export interface Admission {
  /** Lets in who has a good token, or none, and has not asked too often. */
  admit(request: IncomingMessage, credentials: Credentials): Promise<Admitted>;
  /** Takes one request of somebody who has been let in: undefined if it is free. */
  take(request: IncomingMessage, caller: Caller): Rejected | undefined;
}

export function admission(
  config: Pick<ApiConfig, "tokens" | "isBehindProxy">,
  logger: Logger,
  rates: Rates = RATES,
): Admission {
  const identify = identifyBy(config.tokens);
  const takeRequest = limitRate();

  const takeOf = (key: string, rate: Rate): Rejected | undefined => {
    const retryAfter = takeRequest(key, rate);
    if (retryAfter === 0) return undefined;
    const message = `Too many requests: wait for ${retryAfter} seconds.`;
    return { status: 429, code: "TOO_MANY_REQUESTS", message, retryAfter };
  };
  const take: Admission["take"] = (request, caller) => {
    const { subject } = caller;
    return subject === undefined
      ? takeOf(`address ${addressOf(request, config.isBehindProxy)}`, rates.unknown)
      : takeOf(`subject ${subject}`, rates.known);
  };

  return {
    take,
    async admit(request, credentials) {
      const { caller, refusal } = await identify(credentials.authorization);
      if (refusal !== undefined) {
        const key = `address ${addressOf(request, config.isBehindProxy)}`;
        const tooMany = takeOf(key, rates.unknown);
        if (tooMany !== undefined) return { rejected: tooMany };
        // Those that are too many would fill the log.
        logger.warn({ reason: refusal.reason }, "a token was refused");
        const { status, sentence: message } = refusal;
        const code = status === 401 ? "UNAUTHENTICATED" : "UNAVAILABLE";
        return { rejected: { status, code, message } };
      }
      const tooMany = take(request, caller);
      if (tooMany !== undefined) {
        logger.debug({ caller: pseudonymOf(caller) }, "too many requests");
        return { rejected: tooMany };
      }
      const organization = readOrganization(credentials.organization);
      if (organization === undefined) {
        const message = "X-Organization must be the slug of an organisation.";
        return { rejected: { status: 400, code: "INVALID_ARGUMENT", message } };
      }
      return { caller, organization };
    },
  };
}

/** Of the addresses that proxies have added, the last one is our own proxy's word. */
function addressOf(request: IncomingMessage, isBehindProxy: boolean): string {
  const forwarded = isBehindProxy ? request.headers["x-forwarded-for"] : undefined;
  const last = String(forwarded ?? "")
    .split(",")
    .at(-1)
    ?.trim();
  return last || (request.socket.remoteAddress ?? "");
}
