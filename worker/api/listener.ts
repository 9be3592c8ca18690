import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { Logger } from "pino";
import { connectionSettings } from "../database/pool.ts";

const CHANNEL = "mentor_lifecycle_changes";

/** How long a broken connection is left alone, at first and at most. */
const SHORTEST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 10_000;

/** How often the connection proves that it is alive; a dead network says nothing by itself. */
const PROOF_MS = 30_000;

export type Topic = "mentor" | "portal" | "run";

/** What changed, as app_private.tell_changes() says it. */
export interface Change {
  topic: Topic;
  /** undefined: more than can be named. */
  id: string | undefined;
}

/** What is said when nobody knows what. */
const EVERYTHING: Change = { topic: "mentor", id: undefined };

export interface Listener {
  /**
   * Calls back with every change of an organisation, until the returned function is called. The first
   * call says that from now on nothing is missed: that everything may have changed before.
   */
  listen(organizationId: string, onChange: (change: Change) => void): () => void;
  stop(): Promise<void>;
}

/**
 * Listens on one connection for everybody. When it breaks, changes are missed until there is a new
 * one: then everybody is told that everything may have changed.
 */
export function startListener(databaseUrl: string, logger: Logger): Listener {
  const listeners = new Map<string, Set<(change: Change) => void>>();
  const stopping = new AbortController();
  const { signal } = stopping;
  let isListening = false;

  const tellAll = () => {
    for (const callbacks of listeners.values()) {
      for (const callback of callbacks) callback(EVERYTHING);
    }
  };
  const onNotification = ({ payload = "" }: pg.Notification) => {
    const [topic, organizationId = "", id] = payload.split(" ");
    if (topic !== "mentor" && topic !== "portal" && topic !== "run") return;
    for (const callback of listeners.get(organizationId) ?? []) callback({ topic, id });
  };
  const keepListening = async () => {
    let wait = SHORTEST_WAIT_MS;
    while (!signal.aborted) {
      try {
        await listenOnce(databaseUrl, signal, onNotification, () => {
          wait = SHORTEST_WAIT_MS;
          isListening = true;
          tellAll();
        });
      } catch (error) {
        isListening = false;
        if (signal.aborted) return;
        const { message } = error as Error;
        logger.warn({ error_message: message }, "changes are not heard for the moment");
        await sleep(wait, undefined, { signal }).catch(() => {});
        wait = Math.min(2 * wait, LONGEST_WAIT_MS);
      }
    }
  };
  const ended = keepListening();

  return {
    listen(organizationId, onChange) {
      const callbacks = listeners.get(organizationId) ?? new Set();
      listeners.set(organizationId, callbacks.add(onChange));
      if (isListening) onChange(EVERYTHING);
      return () => {
        callbacks.delete(onChange);
        if (callbacks.size === 0) listeners.delete(organizationId);
      };
    },
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}

/** Listens until the connection breaks, which throws, or until it is told to stop. */
async function listenOnce(
  databaseUrl: string,
  signal: AbortSignal,
  onNotification: (notification: pg.Notification) => void,
  onListening: () => void,
): Promise<void> {
  const client = new pg.Client({
    ...connectionSettings(databaseUrl, "mentor-lifecycle-api-changes"),
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
  });
  const broken = new Promise<never>((_, reject) => {
    client.on("error", reject);
    client.on("end", () => reject(new Error("the connection has ended")));
  });
  broken.catch(() => {});
  client.on("notification", onNotification);
  try {
    await client.connect();
    await client.query(`listen ${CHANNEL}`);
    onListening();
    while (!signal.aborted) {
      await Promise.race([broken, sleep(PROOF_MS, undefined, { signal }).catch(() => {})]);
      if (!signal.aborted) await Promise.race([broken, client.query("select 1")]);
    }
  } finally {
    await client.end().catch(() => {});
  }
}
