import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { onTestFinished } from "vitest";

/*
 * A way to the database that can be bad: cut, closed for a while, or losing the answer to a commit.
 */
export interface Proxy {
  /** The database's address, through the proxy. */
  url: string;
  /** Ends all connections and lets no new one in, until open() is called. */
  close(): void;
  open(): void;
  /** Says nothing any more on the connections that there are. */
  swallow(): void;
  /** Lets the next commit reach the server, and its answer nobody. */
  loseNextCommit(): void;
  /** How many commits were lost. */
  lost: number;
}

/** Commit, as a simple query: its length, its text and a zero. */
const COMMIT = Buffer.from("Q\0\0\0\u000bcommit\0", "latin1");

export async function startProxy(databaseUrl: string): Promise<Proxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let isOpen = true;
  let losesCommit = false;
  const swallowed = new WeakSet<Socket>();

  const server = createServer((client) => {
    if (!isOpen) {
      client.destroy();
      return;
    }
    const upstream = connect(Number(target.port), target.hostname);
    let isLosing = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on("data", (bytes) => {
      if (losesCommit && bytes.includes(COMMIT)) {
        losesCommit = false;
        isLosing = true;
      }
      upstream.write(bytes);
    });
    upstream.on("data", (bytes) => {
      if (swallowed.has(client)) return;
      if (!isLosing) {
        client.write(bytes);
        return;
      }
      // The server has answered: it is done.
      proxy.lost += 1;
      client.destroy();
      upstream.destroy();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve());
  });
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String((server.address() as AddressInfo).port);
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const proxy: Proxy = {
    url: url.href,
    lost: 0,
    close() {
      isOpen = false;
      cut();
    },
    open() {
      isOpen = true;
    },
    swallow() {
      for (const socket of sockets) swallowed.add(socket);
    },
    loseNextCommit() {
      losesCommit = true;
    },
  };
  onTestFinished(() => {
    cut();
    server.close();
  });
  return proxy;
}
