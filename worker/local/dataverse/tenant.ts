import { randomUUID } from "node:crypto";
import { header, json } from "./answers.ts";
import type { Answer, Incoming } from "./answers.ts";

export const TENANT_ID = "11111111-aaaa-4aaa-8aaa-111111111111";
export const CLIENT_ID = "22222222-bbbb-4bbb-8bbb-222222222222";

/** A tenant of Microsoft Entra with one registered application: its secrets and its tokens. */
export class Tenant {
  readonly #tokenLifeSeconds: number;
  #secrets: { value: string; isExpired: boolean }[] = [];
  /** When each token ends, in milliseconds since 1970. */
  readonly #tokens = new Map<string, number>();
  readonly #revoked = new Set<string>();

  constructor(tokenLifeSeconds: number) {
    this.#tokenLifeSeconds = tokenLifeSeconds;
    this.rotateSecret();
  }

  newestSecret(): string {
    return this.#secrets.at(-1)!.value;
  }

  rotateSecret(): string {
    const value = `simulated-secret-${this.#secrets.length + 1}`;
    this.#secrets.push({ value, isExpired: false });
    return value;
  }

  expireSecret(): void {
    const oldest = this.#secrets.find((secret) => !secret.isExpired);
    if (oldest === undefined) throw new Error("All secrets have expired already");
    oldest.isExpired = true;
  }

  revokeTokens(): void {
    for (const token of this.#tokens.keys()) this.#revoked.add(token);
  }

  heal(): void {
    this.#revoked.clear();
    for (const secret of this.#secrets) secret.isExpired = false;
  }

  accepts(authorization: string | undefined): boolean {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? "")?.[1] ?? "";
    const endsAt = this.#tokens.get(token);
    return endsAt !== undefined && Date.now() < endsAt && !this.#revoked.has(token);
  }

  /** The client credentials grant, for the scope of the one resource that the tenant knows. */
  answer(request: Incoming, resource: string): Answer {
    const form = new URLSearchParams(request.body);
    const contentType = header(request, "content-type") ?? "";
    const missing = ["grant_type", "client_id", "scope"].find((name) => !form.get(name));
    if (!contentType.startsWith("application/x-www-form-urlencoded") || missing !== undefined) {
      const sentence = `The request body must contain the parameter '${missing ?? "grant_type"}'.`;
      return entraError(400, "invalid_request", 900_144, sentence);
    }
    return (
      refuseTenant(request.path) ??
      refuseGrant(form) ??
      this.#refuseSecret(form) ??
      refuseScope(form.get("scope")!, resource) ??
      this.#issue()
    );
  }

  #refuseSecret(form: URLSearchParams): Answer | undefined {
    const given = form.get("client_secret");
    if (given === null) {
      const sentence = "The request body must contain 'client_assertion' or 'client_secret'.";
      return entraError(401, "invalid_client", 7_000_218, sentence);
    }
    const secret = this.#secrets.find(({ value }) => value === given);
    if (secret === undefined) {
      const sentence = `Invalid client secret provided for app '${CLIENT_ID}': the value is needed, not the ID.`;
      return entraError(401, "invalid_client", 7_000_215, sentence);
    }
    if (secret.isExpired) {
      const sentence = `The provided client secret keys for app '${CLIENT_ID}' are expired.`;
      return entraError(401, "invalid_client", 7_000_222, sentence);
    }
    return undefined;
  }

  #issue(): Answer {
    const token = `simulated-token-${this.#tokens.size + 1}-${randomUUID()}`;
    this.#tokens.set(token, Date.now() + this.#tokenLifeSeconds * 1000);
    return json(200, {
      token_type: "Bearer",
      expires_in: this.#tokenLifeSeconds,
      ext_expires_in: this.#tokenLifeSeconds,
      access_token: token,
    });
  }
}

function refuseTenant(path: string): Answer | undefined {
  const tenant = decodeURIComponent(path.split("/")[1] ?? "");
  if (tenant.toLowerCase() === TENANT_ID) return undefined;
  return entraError(400, "invalid_request", 90_002, `Tenant '${tenant}' not found.`);
}

function refuseGrant(form: URLSearchParams): Answer | undefined {
  if (form.get("grant_type") !== "client_credentials") {
    const sentence = "The grant type is not supported.";
    return entraError(400, "unsupported_grant_type", 70_003, sentence);
  }
  const client = form.get("client_id")!;
  if (client.toLowerCase() === CLIENT_ID) return undefined;
  const sentence = `Application with identifier '${client}' was not found in the directory '${TENANT_ID}'.`;
  return entraError(400, "unauthorized_client", 700_016, sentence);
}

function refuseScope(scope: string, resource: string): Answer | undefined {
  const requested = /^(https?:\/\/\S+?)\/+\.default$/.exec(scope)?.[1];
  if (requested === undefined) {
    return entraError(400, "invalid_scope", 70_011, `The scope '${scope}' is not valid.`);
  }
  if (requested === resource) return undefined;
  const sentence = `The resource principal named ${requested} was not found in the tenant.`;
  return entraError(400, "invalid_resource", 500_011, sentence);
}

/** An error as Entra words it, with identifiers by which support finds it. */
export function entraError(
  status: number,
  error: string,
  code: number,
  sentence: string,
  headers: Record<string, string> = {},
): Answer {
  const timestamp = `${new Date().toISOString().slice(0, 19).replace("T", " ")}Z`;
  const [traceId, correlationId] = [randomUUID(), randomUUID()];
  return json(
    status,
    {
      error,
      error_description:
        `AADSTS${code}: ${sentence}\r\nTrace ID: ${traceId}\r\n` +
        `Correlation ID: ${correlationId}\r\nTimestamp: ${timestamp}`,
      error_codes: [code],
      timestamp,
      trace_id: traceId,
      correlation_id: correlationId,
      error_uri: `https://login.microsoftonline.com/error?code=${code}`,
    },
    headers,
  );
}
