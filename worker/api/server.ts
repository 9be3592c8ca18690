import "./production.ts";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Logger } from "pino";
import { postgraphile } from "postgraphile";
import { grafserv } from "postgraphile/grafserv/node";
import { admission } from "./admission.ts";
import type { Rates } from "./admission.ts";
import { answerer } from "./answer.ts";
import type { ApiConfig } from "./config.ts";
import { askDatabase } from "./health.ts";
import { openPool, requireMigrated, serviceOf } from "./database.ts";
import { startListener } from "./listener.ts";
import { serverPreset } from "./preset.ts";
import type { ApiRequest } from "./request.ts";
import { openWebSockets } from "./websockets.ts";

/** How long requests that are under way may take when the process is asked to stop. */
const PATIENCE_MS = 10_000;

const MOST_CONNECTIONS = 2_000;

export interface RunningApi {
  /** http://127.0.0.1:PORT */
  url: string;
  /** Takes no new requests, answers those that are under way, and closes the connections. */
  stop(): Promise<void>;
}

export interface ApiOptions {
  /** How often callers may ask; for tests. */
  rates?: Rates;
}

/** Starts the API: its schema is what the visitor role may see of the database at this moment. */
export async function startApi(
  config: ApiConfig,
  logger: Logger,
  options: ApiOptions = {},
): Promise<RunningApi> {
  const pool = openPool(config.databaseUrl, logger);
  // A database that is not there or not ours ends the start with a sentence.
  await requireMigrated(pool).catch(async (error: unknown) => {
    await pool.end();
    throw error;
  });
  const listener = startListener(config.databaseUrl, logger);
  const requests = new WeakMap<IncomingMessage, ApiRequest>();
  const pgl = postgraphile(
    serverPreset({ service: serviceOf(pool), config, logger, requests, listener }),
  );
  let isStopping = false;
  const release = async () => {
    await pgl.release();
    await listener.stop();
    await pool.end();
  };
  try {
    await pgl.getSchema();
    const serv = pgl.createServ(grafserv);
    await serv.ready();
    const gate = admission(config, logger, options.rates);
    const answer = serv.createHandler();
    const webSockets = openWebSockets({ serv, admission: gate, config, requests, logger });
    const open = new Set<ServerResponse>();
    const server = listenTo(
      answerer({
        config,
        admission: gate,
        askDatabase: askDatabase(config.databaseUrl),
        logger,
        requests,
        answer,
        isStopping: () => isStopping,
      }),
      webSockets.upgrade,
      open,
    );
    const url = await listen(server, config);
    let stopping: Promise<void> | undefined;
    const stop = async () => {
      isStopping = true;
      const closed = close(server, open);
      await webSockets.stop();
      await closed;
      await release();
    };
    return { url, stop: () => (stopping ??= stop()) };
  } catch (error) {
    await release();
    throw error;
  }
}

function listenTo(
  answer: Parameters<typeof createServer>[1],
  upgrade: Parameters<Server["on"]>[1],
  open: Set<ServerResponse>,
): Server {
  // The whole of a request within this time, and its headers sooner: a slow one holds a connection.
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, answer);
  server.keepAliveTimeout = 10_000;
  server.maxConnections = MOST_CONNECTIONS;
  server.on("upgrade", upgrade);
  server.prependListener("request", (_request, response: ServerResponse) => {
    open.add(response);
    response.once("close", () => open.delete(response));
  });
  return server;
}

async function listen(server: Server, { host, port }: ApiConfig): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(cannotListen(error, `${host}:${port}`)));
    // A crowd waits its turn; the system ends connections that find no room to wait.
    server.listen({ port, host, backlog: MOST_CONNECTIONS }, () => {
      server.removeAllListeners("error");
      resolve();
    });
  });
  const address = server.address() as AddressInfo;
  const name = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return `http://${name === "0.0.0.0" ? "127.0.0.1" : name}:${address.port}`;
}

/** The error as a sentence that names what to change. */
function cannotListen(cause: Error, where: string): Error {
  const { code } = cause as NodeJS.ErrnoException;
  const what =
    code === "EADDRINUSE"
      ? "something else listens there; set another PORT"
      : "HOST must be an address of this machine, and PORT one that this login may use";
  return Object.assign(
    new Error(`The API cannot listen at ${where} (${code}): ${what}.`, { cause }),
    {
      code,
    },
  );
}

/** Waits for what is under way, but not for ever; its connections end with its answers. */
async function close(server: Server, open: ReadonlySet<ServerResponse>): Promise<void> {
  for (const response of open) {
    if (!response.headersSent) response.setHeader("Connection", "close");
  }
  const patience = setTimeout(() => server.closeAllConnections(), PATIENCE_MS);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearTimeout(patience);
}
