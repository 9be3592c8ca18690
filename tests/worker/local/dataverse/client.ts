import { onTestFinished } from "vitest";
import { startSimulator } from "../../../../worker/local/dataverse/simulator.ts";
import type { Simulator, SimulatorOptions } from "../../../../worker/local/dataverse/simulator.ts";

/*
 * A client that knows nothing but HTTP: what the tests see is what goes over the wire.
 */

/** A simulator that is stopped with the test. */
export async function aSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator(options);
  onTestFinished(() => simulator.stop());
  return simulator;
}

/** What a client sends for a token; what is overridden with null is left out. */
export function loginForm(
  simulator: Simulator,
  overrides: Record<string, string | null> = {},
): URLSearchParams {
  const { DYNAMICS_CLIENT_ID = "", DYNAMICS_CLIENT_SECRET = "" } = simulator.environment();
  const fields = {
    client_id: DYNAMICS_CLIENT_ID,
    scope: `${simulator.url}/.default`,
    grant_type: "client_credentials",
    client_secret: DYNAMICS_CLIENT_SECRET,
    ...overrides,
  };
  const given = Object.entries(fields).filter((entry): entry is [string, string] => {
    return entry[1] !== null;
  });
  return new URLSearchParams(given);
}

export async function login(simulator: Simulator): Promise<string> {
  const body = loginForm(simulator);
  const response = await fetch(simulator.tokenEndpoint, { method: "POST", body });
  const { access_token } = (await response.json()) as { access_token: string };
  return access_token;
}

/** An answer as it came, and its body as far as it is JSON. */
export interface Received {
  status: number;
  headers: Headers;
  text: string;
  // Whatever the test expects of it is compared with what is there.
  json: Record<string, unknown>;
}

export interface Call {
  method?: string;
  headers?: Record<string, string>;
  body?: unknown;
  signal?: AbortSignal;
}

export type Caller = (resource: string, call?: Call) => Promise<Received>;

/** Calls the Web API with a token of its own. */
export async function aCaller(simulator: Simulator, token?: string): Promise<Caller> {
  const bearer = token ?? (await login(simulator));
  return async (resource, { method = "GET", headers = {}, body, signal } = {}) => {
    const response = await fetch(`${simulator.url}/api/data/v9.2/${resource}`, {
      method,
      headers: {
        Authorization: `Bearer ${bearer}`,
        "Content-Type": "application/json",
        ...headers,
      },
      redirect: "manual",
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      ...(signal && { signal }),
    });
    return await receive(response);
  };
}

export async function receive(response: Response): Promise<Received> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parsed(text) };
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** The address of a row by its key, encoded as a client must. */
export function byKey(key: string): string {
  return `contacts(hlf_likepersonnr='${encodeURIComponent(key.replaceAll("'", "''"))}')`;
}

/** A PATCH that changes a row as it was read. */
export function patch(body: unknown, etag: string, headers: Record<string, string> = {}): Call {
  return { method: "PATCH", body, headers: { "If-Match": etag, ...headers } };
}

/** The code of an error of Dataverse. */
export function codeOf({ json }: Received): unknown {
  return (json["error"] as { code?: unknown } | undefined)?.code;
}
