import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { asAccount, serverAccount } from "./postgres/account.ts";
import type { Account } from "./postgres/account.ts";
import { findBinaries } from "./postgres/binaries.ts";
import type { Binaries } from "./postgres/binaries.ts";
import { prepareCluster, serverEnvironment } from "./postgres/cluster.ts";
import { makeTemporary, persistentFolder } from "./postgres/places.ts";
import { identify, lifeOf, send, stopPostmaster } from "./postgres/processes.ts";
import type { ProcessIdentity } from "./postgres/processes.ts";
import { clearLeftovers, readRecord, removeRecord, writeRecord } from "./postgres/record.ts";
import { withStartLock } from "./postgres/start-lock.ts";

/** A server has this long to answer its first query; recovery after a crash is part of it. */
const START_TIMEOUT_MS = 60_000;

export interface StartOptions {
  /** Keep the data, in `dataDirectory`; else they live in a temporary folder until stop(). */
  persistent: boolean;
  dataDirectory?: string;
  /** Server settings beyond ours, as in postgresql.conf. */
  settings?: Record<string, string>;
  /**
   * Stop the server on SIGINT and SIGTERM (true). A process that has work to finish first, for
   * which it takes a database, says false and calls stop() itself.
   */
  handleSignals?: boolean;
}

export interface LocalPostgres {
  /** Connection string of the superuser for a database, "postgres" if none is named. */
  url(database?: string): string;
  port: number;
  /** Where data, log and password really are. */
  folder: string;
  /** True if a running server of another process of ours is used, which stop() leaves running. */
  isShared: boolean;
  /** Lets clients go, waits for the server's end, and removes what was temporary. */
  stop(): Promise<void>;
}

/** Starts PostgreSQL 18 on a free port of 127.0.0.1 out of the programs that npm installed. */
export async function startPostgres(options: StartOptions): Promise<LocalPostgres> {
  const account = serverAccount();
  const binaries = findBinaries(account);
  if (!options.persistent) {
    await clearLeftovers();
    const folder = makeTemporary(account);
    writeRecord(folder, { owner: identify(process.pid) });
    return await startIn(folder, binaries, account, options);
  }
  if (options.dataDirectory === undefined) {
    throw new Error("A persistent PostgreSQL needs a dataDirectory");
  }
  const folder = persistentFolder(options.dataDirectory, account);
  return await withStartLock(folder, async () => {
    const running = await findRunning(folder);
    return running ?? (await startIn(folder, binaries, account, options));
  });
}

/** A server that a living process of ours started is shared; one whose owner died is stopped. */
async function findRunning(folder: string): Promise<LocalPostgres | undefined> {
  const record = readRecord(folder);
  if (!record?.postmaster || record.port === undefined) return undefined;
  const life = lifeOf(record.postmaster);
  if (life === "dead") return undefined;
  if (life === "unknown") {
    throw new Error(`The data in ${folder} are in use by a server in another container`);
  }
  const owner = lifeOf(record.owner);
  const url = urlMaker(readFileSync(join(folder, "password"), "utf8").trim(), record.port);
  if (owner === "alive" && (await answers(url()))) {
    return { url, port: record.port, folder, isShared: true, stop: async () => {} };
  }
  await stopPostmaster(record.postmaster);
  return undefined;
}

async function startIn(
  folder: string,
  binaries: Binaries,
  account: Account,
  options: StartOptions,
): Promise<LocalPostgres> {
  try {
    const password = await prepareCluster(folder, binaries, account);
    const running = await launch(folder, binaries, account, password, options);
    const { postmaster, port } = running;
    const stop = stopper(folder, postmaster, options);
    return { url: urlMaker(password, port), port, folder, isShared: false, stop };
  } catch (error) {
    if (!options.persistent) rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Between choosing a free port and using it somebody else may take it; then another one is tried. */
async function launch(
  folder: string,
  binaries: Binaries,
  account: Account,
  password: string,
  options: StartOptions,
): Promise<{ postmaster: ProcessIdentity; port: number }> {
  const log = join(folder, "server.log");
  let preferred = readRecord(folder)?.port ?? 0;
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort(preferred);
    const child = spawnPostmaster(folder, binaries, account, port, log, options);
    try {
      if (child.pid === undefined) await failureToSpawn(child);
      const postmaster = identify(child.pid!);
      writeRecord(folder, { owner: identify(process.pid), postmaster, port });
      await untilReady(child, urlMaker(password, port)());
      return { postmaster, port };
    } catch (error) {
      child.kill("SIGQUIT");
      const words = lastLines(log);
      if (
        /could not create any TCP\/IP sockets|Address already in use/.test(words) &&
        attempt < 5
      ) {
        preferred = 0;
        continue;
      }
      throw new Error(
        `PostgreSQL did not start in ${folder}: ${(error as Error).message}${words && `; it said: ${words}`}`,
        { cause: error },
      );
    }
  }
}

function spawnPostmaster(
  folder: string,
  binaries: Binaries,
  account: Account,
  port: number,
  log: string,
  options: StartOptions,
): ChildProcess {
  const settings: Record<string, string> = {
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: "",
    max_connections: "200",
    shared_buffers: "64MB",
    timezone: "UTC",
    log_timezone: "UTC",
    ...(options.persistent
      ? {}
      : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
    ...options.settings,
  };
  const words = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const output = openSync(log, "w", 0o600);
  try {
    const child = spawn(binaries.postgres, ["-D", join(folder, "data"), ...words], {
      ...asAccount(account),
      env: serverEnvironment(),
      // A file and not a pipe: the server must be able to write when we are gone.
      stdio: ["ignore", output, output],
      // Its own process group: Ctrl-C is for us, and we stop the server when we are done with it.
      detached: true,
    });
    child.unref();
    return child;
  } finally {
    closeSync(output);
  }
}

async function failureToSpawn(child: ChildProcess): Promise<never> {
  const [error] = await new Promise<[Error]>((resolve) => {
    child.once("error", (cause) => resolve([cause]));
  });
  throw error;
}

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  const until = Date.now() + START_TIMEOUT_MS;
  while (child.exitCode === null && child.signalCode === null) {
    if (await answers(url)) return;
    if (Date.now() > until) throw new Error(`no answer for ${START_TIMEOUT_MS / 1000} seconds`);
    await sleep(20);
  }
  throw new Error(`the server ended with ${child.signalCode ?? `status ${child.exitCode}`}`);
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query("select 1");
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

function urlMaker(password: string, port: number) {
  return (database = "postgres") =>
    `postgres://postgres:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}

async function freePort(preferred: number): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error) => {
      if (preferred === 0) reject(error);
      else resolve(freePort(0));
    });
    server.listen(preferred, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

function lastLines(log: string): string {
  const text = existsSync(log) ? readFileSync(log, "utf8") : "";
  return text.trim().split("\n").slice(-4).join(" / ");
}

/**
 * Stops the server when asked to, and also when this process ends in any way that it is told of.
 *
 * On a signal that is done at once and without waiting for anything asynchronous, because other
 * listeners may end the process in the same moment.
 */
function stopper(folder: string, postmaster: ProcessIdentity, options: StartOptions) {
  let stopping: Promise<void> | undefined;
  const signals = options.handleSignals === false ? [] : (["SIGINT", "SIGTERM"] as const);

  const tidy = () => {
    process.removeListener("exit", stopAtOnce);
    for (const signal of signals) process.removeListener(signal, stopAtSignal);
    if (!options.persistent) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    else if (sameServer(folder, postmaster)) removeRecord(folder);
  };
  const stopInTime = async () => {
    await stopPostmaster(postmaster);
    tidy();
  };
  const stopAtOnce = () => {
    if (lifeOf(postmaster) === "alive") send(postmaster.pid, "SIGINT");
    waitSynchronously(() => lifeOf(postmaster) !== "alive", 5_000);
    tidy();
  };
  const stopAtSignal = (signal: NodeJS.Signals) => {
    stopAtOnce();
    // Without us the signal would have ended the process, unless somebody else listens as well.
    if (process.listenerCount(signal) === 0) send(process.pid, signal);
  };

  process.on("exit", stopAtOnce);
  for (const signal of signals) process.on(signal, stopAtSignal);
  return () => (stopping ??= stopInTime());
}

function sameServer(folder: string, postmaster: ProcessIdentity): boolean {
  const recorded = readRecord(folder)?.postmaster;
  return recorded?.pid === postmaster.pid && recorded.startedAt === postmaster.startedAt;
}

/** Nothing asynchronous runs any more when a process exits. */
function waitSynchronously(isDone: () => boolean, milliseconds: number): void {
  const until = Date.now() + milliseconds;
  const cell = new Int32Array(new SharedArrayBuffer(4));
  while (!isDone() && Date.now() < until) Atomics.wait(cell, 0, 0, 20);
}
