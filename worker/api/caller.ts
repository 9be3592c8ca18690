import { createHash } from "node:crypto";
import { createRemoteJWKSet, errors, jwtVerify } from "jose";
import type { JWTPayload, JWTVerifyOptions, ProtectedHeaderParameters } from "jose";
import type { TokenConfig, TokenKeys } from "./config.ts";

/** On whose behalf a request runs. What he may see or do is looked up in the database. */
export interface Caller {
  /** The person's auth_subject; undefined for somebody without a token. */
  subject: string | undefined;
  /** A program, such as an external scheduler. */
  isService: boolean;
  /** When the token ends, in milliseconds; a subscription ends with it. */
  expiresAt: number;
}

export const ANONYMOUS: Caller = { subject: undefined, isService: false, expiresAt: Infinity };

/** Why a request is not let in: a sentence for the caller and a word for the log. */
export interface Refusal {
  status: 401 | 503;
  reason: string;
  sentence: string;
}

export type Identified = { caller: Caller; refusal?: never } | { caller?: never; refusal: Refusal };

/** Finds out who asks, from the header Authorization. */
export type Identify = (authorization: string | undefined) => Promise<Identified>;

const LARGEST_TOKEN = 8 * 1024;
const CLOCK_TOLERANCE_SECONDS = 30;

/** A key that everybody may know must never be tried as a secret, so each kind has its own list. */
const ALGORITHMS: Record<TokenKeys["kind"], string[]> = {
  secret: ["HS256"],
  jwks: ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"],
};

/** Kinds of tokens that let somebody in; a logout token or a proof of possession does not. */
const TYPES = new Set(["jwt", "at+jwt"]);

/** Who asks, by tokens of one issuer for one audience. Without a token it is nobody. */
export function identifyBy(config: TokenConfig): Identify {
  const verify = verifier(config);
  return async (authorization) => {
    if (authorization === undefined || authorization === "") return { caller: ANONYMOUS };
    const token = /^Bearer +([\w.~+/-]+=*) *$/i.exec(authorization)?.[1];
    if (token === undefined) {
      return refuse("no_bearer", "The header Authorization must be Bearer and a token.");
    }
    if (token.length > LARGEST_TOKEN) return refuse("too_large", "The token is too large.");
    try {
      return await verify(token);
    } catch (error) {
      return refusalOf(error);
    }
  };
}

/** Names a subject in a log without saying who it is. */
export function pseudonymOf({ subject, isService }: Caller): string {
  if (subject === undefined) return "anonymous";
  const hash = createHash("sha256").update(subject).digest("hex").slice(0, 12);
  return `${isService ? "service" : "subject"}:${hash}`;
}

function verifier(config: TokenConfig): (token: string) => Promise<Identified> {
  const { keys, issuer, audience, subjectClaim } = config;
  const options: JWTVerifyOptions = {
    algorithms: ALGORITHMS[keys.kind],
    issuer,
    audience,
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    requiredClaims: ["exp", subjectClaim],
  };
  if (keys.kind === "secret") {
    return async (token) => {
      const { payload, protectedHeader } = await jwtVerify(token, keys.secret(), options);
      return callerOf(payload, protectedHeader, config);
    };
  }
  const keySet = createRemoteJWKSet(keys.url, { timeoutDuration: 5_000 });
  return async (token) => {
    const { payload, protectedHeader } = await jwtVerify(token, keySet, options);
    return callerOf(payload, protectedHeader, config);
  };
}

function callerOf(
  payload: JWTPayload,
  { typ }: ProtectedHeaderParameters,
  { subjectClaim, serviceSubjects }: TokenConfig,
): Identified {
  const subject = payload[subjectClaim];
  if (typ !== undefined && !TYPES.has(typ.toLowerCase().replace(/^application\//, ""))) {
    return refuse("wrong_type", "The token is of a kind that does not let anybody in.");
  }
  if (typeof subject !== "string" || !isSubject(subject)) {
    return refuse("no_subject", `The token's claim ${subjectClaim} does not name a subject.`);
  }
  const now = Date.now() / 1000;
  if (payload.iat !== undefined && payload.iat > now + CLOCK_TOLERANCE_SECONDS) {
    return refuse("not_yet_valid", "The token was issued in the future.");
  }
  const isService = payload["service"] === true || serviceSubjects.has(subject);
  const expiresAt = ((payload.exp ?? 0) + CLOCK_TOLERANCE_SECONDS) * 1000;
  return { caller: { subject, isService, expiresAt } };
}

/** What may stand in people.auth_subject: neither blank nor with characters that are no text. */
function isSubject(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- they are what must not be in it
  return text.trim() !== "" && text.length <= 255 && !/[\u0000-\u001f\u007f]/.test(text);
}

function refuse(reason: string, sentence: string, status: Refusal["status"] = 401): Identified {
  return { refusal: { status, reason, sentence } };
}

const SENTENCES: Record<string, [reason: string, sentence: string]> = {
  ERR_JWT_EXPIRED: ["expired", "The token has expired: log in again."],
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: ["bad_signature", "The token's signature is wrong."],
  ERR_JOSE_ALG_NOT_ALLOWED: ["bad_algorithm", "The token is signed in a way that is not accepted."],
  ERR_JOSE_NOT_SUPPORTED: ["bad_algorithm", "The token is signed in a way that is not accepted."],
  ERR_JWKS_NO_MATCHING_KEY: ["unknown_key", "The token is signed with a key that is not known."],
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: ["unknown_key", "The token does not say which key signed it."],
};

const CLAIM_SENTENCES: Record<string, [reason: string, sentence: string]> = {
  iss: ["wrong_issuer", "The token is from an issuer that is not trusted here."],
  aud: ["wrong_audience", "The token is meant for somebody else than this API."],
  nbf: ["not_yet_valid", "The token is not valid yet."],
};

/** Nothing of the token goes into the sentence: whoever sent it knows it. */
function refusalOf(error: unknown): Identified {
  if (!(error instanceof errors.JOSEError) || KEYS_UNAVAILABLE.has(error.code)) {
    return refuse("no_keys", "The keys of the login service cannot be fetched; try again.", 503);
  }
  const known =
    error instanceof errors.JWTClaimValidationFailed
      ? (CLAIM_SENTENCES[error.claim] ?? [
          "bad_claim",
          `The token's claim ${error.claim} is missing or wrong.`,
        ])
      : SENTENCES[error.code];
  return known ? refuse(...known) : refuse("malformed", "This is not a token that we can read.");
}

const KEYS_UNAVAILABLE = new Set(["ERR_JWKS_TIMEOUT", "ERR_JWKS_INVALID", "ERR_JOSE_GENERIC"]);
