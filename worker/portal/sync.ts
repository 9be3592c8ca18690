import { setTimeout as sleep } from "node:timers/promises";
import type { DynamicsClient } from "../dynamics/client.ts";
import { DynamicsError } from "../dynamics/errors.ts";
import { claimListing, fail, release } from "./ledger.ts";
import type { Claim, Database } from "./ledger.ts";
import { syncListing } from "./sync-listing.ts";
import type { Outcome } from "./sync-listing.ts";

/** How long a place waits for work or for permission while others are busy, in milliseconds. */
const IDLE_MS = 100;

export interface SyncOptions {
  /** Only these, due or not; else everything that is due. */
  mentorIds?: string[] | undefined;
  /** No new listing is begun after it, and calls under way are broken off. */
  signal?: AbortSignal | undefined;
  /** Asked before each listing; after false what is under way is finished and none is begun. */
  goesOn?: () => boolean;
  /** Told of every listing when it is done with. */
  onListing?: (key: string, result: Result) => void;
}

/** postponed: the portal lets nobody through now. */
export type Result = { outcome: Outcome | "postponed"; error?: DynamicsError };

export type SyncSummary = Record<Result["outcome"], number>;

/**
 * Tells the portal everything that is due, hides first, until nothing is left or the gate is closed
 * (P2, P6). Any number of processes may do this at once; the database hands out the listings and
 * counts the places.
 */
export async function syncPortal(
  database: Database,
  dynamics: DynamicsClient,
  options: SyncOptions = {},
): Promise<SyncSummary> {
  const summary: SyncSummary = {
    written: 0,
    unchanged: 0,
    absent: 0,
    held: 0,
    missing: 0,
    failed: 0,
    lost: 0,
    postponed: 0,
  };
  const done = (key: string, result: Result) => {
    summary[result.outcome] += 1;
    options.onListing?.(key, result);
  };
  const drain = new Drain(database, dynamics, { ...options, onListing: done });
  const { rows } = await database.query<{ parallelism: number }>(
    "select g.parallelism from app_private.portal_gate as g",
  );
  const places = Array.from({ length: rows[0]?.parallelism ?? 1 }, () => drain.work());
  // One that fails must not leave the others working behind our back.
  const ends = await Promise.allSettled(places);
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  return summary;
}

class Drain {
  readonly #database: Database;
  readonly #dynamics: DynamicsClient;
  readonly #options: SyncOptions;
  /** Mentors that were named are tried once each. */
  readonly #waiting: Set<string> | undefined;
  #busy = 0;
  #hasFailed = false;

  constructor(database: Database, dynamics: DynamicsClient, options: SyncOptions) {
    this.#database = database;
    this.#dynamics = dynamics;
    this.#options = options;
    this.#waiting = options.mentorIds && new Set(options.mentorIds);
  }

  /** One place: one listing after the other, until there is none for any place. */
  async work(): Promise<void> {
    while (this.#goesOn()) {
      const claim = await this.#claim();
      if (claim !== undefined) await this.#handle(claim);
      else if (this.#busy === 0) return;
      else await sleep(IDLE_MS);
    }
  }

  #goesOn(): boolean {
    const { signal, goesOn } = this.#options;
    return !signal?.aborted && !this.#hasFailed && (goesOn?.() ?? true);
  }

  async #claim(): Promise<Claim | undefined> {
    this.#busy += 1;
    try {
      const claim = await claimListing(this.#database, this.#waiting && [...this.#waiting]);
      if (claim === undefined) this.#busy -= 1;
      else this.#waiting?.delete(claim.mentorId);
      return claim;
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
  }

  async #handle(claim: Claim): Promise<void> {
    try {
      this.#options.onListing?.(claim.key, await this.#sync(claim));
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    } finally {
      this.#busy -= 1;
    }
  }

  async #sync(claim: Claim): Promise<Result> {
    const { signal } = this.#options;
    try {
      return { outcome: await syncListing(this.#database, this.#dynamics, claim, signal) };
    } catch (error) {
      if (error instanceof DynamicsError) {
        await fail(this.#database, claim, error);
        return { outcome: error.concernsAll ? "postponed" : "failed", error };
      }
      if (!signal?.aborted) throw error;
      await release(this.#database, claim);
      return { outcome: "postponed" };
    }
  }
}
