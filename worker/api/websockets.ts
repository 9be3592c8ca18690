import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { CloseCode, makeServer } from "graphql-ws";
import type { Logger } from "pino";
import { isSafeError } from "postgraphile/grafast";
import { makeGraphQLWSConfig, normalizeConnectionParams } from "postgraphile/grafserv";
import type { GrafservBase } from "postgraphile/grafserv";
import { GraphQLError } from "postgraphile/graphql";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import type { Admission } from "./admission.ts";
import type { ApiConfig } from "./config.ts";
import { isKnownOrigin } from "./headers.ts";
import { operationOf, withRequest } from "./request.ts";
import type { ApiRequest } from "./request.ts";

const LARGEST_MESSAGE = 100_000;

/** Subscriptions of one connection; a dashboard needs one. */
const MOST_OPERATIONS = 20;

/** Connections of one process. */
const MOST_CONNECTIONS = 1_000;

/** A network that is gone says nothing; who does not answer by then is not there. */
const PING_MS = 20_000;

export interface WebSockets {
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  stop: () => Promise<void>;
}

interface Extra {
  request: IncomingMessage;
  socket: WebSocket;
}

export interface WebSocketOptions {
  serv: GrafservBase;
  admission: Admission;
  config: Pick<ApiConfig, "corsOrigins">;
  requests: WeakMap<IncomingMessage, ApiRequest>;
  logger: Logger;
}

type Protocol = ReturnType<typeof makeServer<Record<string, unknown>, Extra>>;

/** Subscriptions over graphql-ws; the token comes with the first message, in its parameters. */
export function openWebSockets(options: WebSocketOptions): WebSockets {
  const { config, logger } = options;
  const server = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE });
  const protocol = protocolOf(options);
  const keeper = keepAlive(server);
  return {
    upgrade(request, socket, head) {
      socket.on("error", () => socket.destroy());
      const problem = problemOf(request, server, config.corsOrigins);
      if (problem !== undefined) {
        socket.end(`HTTP/1.1 ${problem}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
        return;
      }
      server.handleUpgrade(request, socket, head, (webSocket) => {
        keeper.watch(webSocket);
        webSocket.on("error", (error) =>
          logger.debug({ error_message: error.message }, "a socket broke"),
        );
        speak(protocol, webSocket, request);
      });
    },
    async stop() {
      keeper.stop();
      for (const socket of server.clients) socket.close(1001, "The server is stopping.");
      const patience = setTimeout(() => {
        for (const socket of server.clients) socket.terminate();
      }, 1_000);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      clearTimeout(patience);
    },
  };
}

/** Why a connection is not opened, as HTTP says it. */
function problemOf(
  request: IncomingMessage,
  server: WebSocketServer,
  origins: ReadonlySet<string>,
): string | undefined {
  if (request.url?.split("?")[0] !== "/graphql") return "404 Not Found";
  if (!isKnownOrigin(request, origins)) return "403 Forbidden";
  return server.clients.size >= MOST_CONNECTIONS ? "503 Service Unavailable" : undefined;
}

/** Who may speak, and what may be asked; the rest is grafserv's. */
function protocolOf({ serv, admission, requests }: WebSocketOptions): Protocol {
  const grafserv = makeGraphQLWSConfig(serv);
  const requestOf = (request: IncomingMessage, payload: { query?: unknown }): ApiRequest => ({
    ...requests.get(request)!,
    operation: operationOf(payload),
  });
  return makeServer<Record<string, unknown>, Extra>({
    ...(grafserv as object),
    connectionInitWaitTimeout: 5_000,
    async onConnect({ connectionParams, extra: { request, socket } }) {
      const given = normalizeConnectionParams(connectionParams) ?? {};
      const { rejected, caller, organization } = await admission.admit(request, {
        authorization: textOf(given["authorization"]),
        organization: given["x-organization"],
      });
      if (rejected !== undefined) {
        socket.close(
          rejected.status === 401 ? CloseCode.Unauthorized : CloseCode.Forbidden,
          rejected.message,
        );
        return false;
      }
      requests.set(request, { caller, organization, operation: undefined, isSocket: true });
      return true;
    },
    async onSubscribe(context, id, payload) {
      const { request } = context.extra;
      const connection = requests.get(request);
      if (connection === undefined) return [refusal("UNAUTHENTICATED", "Log in first.")];
      if (Object.keys(context.subscriptions).length > MOST_OPERATIONS) {
        return [refusal("TOO_MANY_REQUESTS", "Too many subscriptions on one connection.")];
      }
      if (connection.caller.expiresAt < Date.now()) {
        return [refusal("UNAUTHENTICATED", "The token has expired: log in again.")];
      }
      const tooMany = admission.take(request, connection.caller);
      if (tooMany !== undefined) return [refusal(tooMany.code, tooMany.message)];
      return await withRequest({ ...connection, operation: operationOf(payload) }, () =>
        grafserv.onSubscribe?.(context as never, id, payload),
      );
    },
    onNext: (context, id, payload, args, result) =>
      withRequest(requestOf(context.extra.request, payload), () =>
        grafserv.onNext?.(context as never, id, payload, args, result),
      ),
    onError: (context, id, payload, errors) =>
      withRequest(requestOf(context.extra.request, payload), () =>
        grafserv.onError?.(context as never, id, payload, errors),
      ),
  });
}

/** Lets the protocol and a socket speak to each other. */
function speak(protocol: Protocol, socket: WebSocket, request: IncomingMessage): void {
  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      send: async (data) =>
        await new Promise((resolve, reject) => {
          socket.send(data, (error) => (error ? reject(error) : resolve()));
        }),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (listener) =>
        socket.on("message", (data) => {
          listener((data as Buffer).toString()).catch((error: Error) => {
            // What we say ourselves is meant for the client: the token has expired.
            if (isSafeError(error)) socket.close(CloseCode.Unauthorized, error.message);
            else socket.close(CloseCode.InternalServerError, "Something went wrong here.");
          });
        }),
    },
    { socket, request },
  );
  socket.once("close", (code, reason) => void closed(code, String(reason)));
}

/** Ends connections that have not answered since the last time they were asked. */
function keepAlive(server: WebSocketServer): { watch(socket: WebSocket): void; stop(): void } {
  const alive = new WeakSet<WebSocket>();
  const timer = setInterval(() => {
    for (const socket of server.clients) {
      if (alive.delete(socket)) socket.ping();
      else socket.terminate();
    }
  }, PING_MS).unref();
  return {
    watch(socket) {
      alive.add(socket);
      socket.on("pong", () => alive.add(socket));
    },
    stop: () => clearInterval(timer),
  };
}

function refusal(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
