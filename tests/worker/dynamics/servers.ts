import { createServer } from "node:http";
import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { createDynamicsClient } from "../../../worker/dynamics/client.ts";
import type { ClientOptions, DynamicsClient } from "../../../worker/dynamics/client.ts";
import { readDynamicsConfig } from "../../../worker/dynamics/config.ts";
import type { DynamicsConfig } from "../../../worker/dynamics/config.ts";
import { startSimulator } from "../../../worker/local/dataverse/simulator.ts";
import type { Simulator, SimulatorOptions } from "../../../worker/local/dataverse/simulator.ts";

export const TENANT_ID = "11111111-aaaa-4aaa-8aaa-111111111111";
export const CLIENT_ID = "22222222-bbbb-4bbb-8bbb-222222222222";
export const ROW_ID = "77777777-aaaa-4aaa-8aaa-777777777777";
export const SECRET = "CANARY-SECRET-5f1d";
export const TOKEN = "CANARY-TOKEN-9c2e";

/** Long enough for a busy machine, short enough for a test that waits for it. */
export const SHORT_MS = 250;

export interface Received {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  body: string;
}

export interface ScriptedServer {
  origin: string;
  port: number;
  received: Received[];
  stop: () => Promise<void>;
}

export type Script = (request: Received, response: ServerResponse, number: number) => void;

/** A server that does what the test says, for answers that no sound service gives. */
export async function aServer(
  script: Script,
  tls?: { key: string; cert: string },
): Promise<ScriptedServer> {
  const received: Received[] = [];
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const entry = { method, url, headers, body: Buffer.concat(chunks).toString() };
      received.push(entry);
      script(entry, response, received.length);
    });
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  const port = await listen(server);
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(stop);
  return { origin: `${tls ? "https" : "http"}://127.0.0.1:${port}`, port, received, stop };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** An Entra that gives the same token to everybody. */
export async function anEntra(script: Script = giveToken()): Promise<ScriptedServer> {
  return await aServer(script);
}

export function giveToken(more: Record<string, unknown> = {}): Script {
  return (_, response) =>
    sendJson(response, 200, {
      token_type: "Bearer",
      expires_in: 3599,
      ext_expires_in: 3599,
      access_token: TOKEN,
      ...more,
    });
}

/** Entra's error, in the form that its documentation gives. */
export function refuseToken(
  status: number,
  error: string,
  code: number,
  headers: Record<string, string> = {},
): Script {
  return (_, response) =>
    sendJson(
      response,
      status,
      {
        error,
        error_description: `AADSTS${code}: Words that may change.\r\nTrace ID: 0\r\nTimestamp: 0`,
        error_codes: [code],
      },
      headers,
    );
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "Content-Type": "application/json; charset=utf-8", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

/** Variables of an environment whose Dataverse and Entra are at these origins. */
export function variables(dataverse: string, entra: string): Record<string, string> {
  return {
    DYNAMICS_URL: dataverse,
    DYNAMICS_TENANT_ID: TENANT_ID,
    DYNAMICS_CLIENT_ID: CLIENT_ID,
    DYNAMICS_CLIENT_SECRET: SECRET,
    DYNAMICS_TOKEN_ENDPOINT: `${entra}/${TENANT_ID}/oauth2/v2.0/token`,
    DYNAMICS_ENTITY_SET: "contacts",
    DYNAMICS_ID_COLUMN: "contactid",
    DYNAMICS_KEY_COLUMN: "hlf_likepersonnr",
    DYNAMICS_VISIBLE_COLUMN: "hlf_synlig",
    DYNAMICS_VISIBLE_UNTIL_COLUMN: "hlf_synligtil",
    DYNAMICS_VERSION_COLUMN: "hlf_kildeversjon",
  };
}

export function configOf(given: Record<string, string>): DynamicsConfig {
  const { config, problems } = readDynamicsConfig(given);
  if (config === undefined) throw new Error(problems?.join("; ") ?? "DYNAMICS_URL is not set");
  return config;
}

/** A client of a Dataverse that does what the test says, behind an Entra that works. */
export async function aScriptedDataverse(
  script: Script,
  options: ClientOptions = {},
): Promise<{ client: DynamicsClient; dataverse: ScriptedServer; entra: ScriptedServer }> {
  const [dataverse, entra] = [await aServer(script), await anEntra()];
  const config = configOf(variables(dataverse.origin, entra.origin));
  return { client: createDynamicsClient(config, options), dataverse, entra };
}

/** A client of the simulator. */
export async function aSimulatedDataverse(
  options: ClientOptions = {},
  simulated: SimulatorOptions = {},
): Promise<{ client: DynamicsClient; simulator: Simulator; config: DynamicsConfig }> {
  const simulator = await startSimulator(simulated);
  onTestFinished(() => simulator.stop());
  const config = configOf(simulator.environment());
  return { client: createDynamicsClient(config, options), simulator, config };
}

/** A row as Dataverse gives it. */
export function aRow(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    "@odata.context": "https://association.crm4.dynamics.com/api/data/v9.2/$metadata#contacts",
    "@odata.etag": 'W/"628460"',
    contactid: ROW_ID,
    hlf_likepersonnr: "LP-1",
    hlf_synlig: true,
    hlf_synligtil: "2026-11-22",
    hlf_kildeversjon: 7,
    ...more,
  };
}

/** What a call fails with. */
export async function failureOf(call: Promise<unknown>): Promise<unknown> {
  return await call.then(
    () => "no failure",
    (error: unknown) => error,
  );
}
