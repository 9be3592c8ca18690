import { createDynamicsClient } from "../dynamics/client.ts";
import type { DynamicsClient } from "../dynamics/client.ts";
import type { DynamicsConfig } from "../dynamics/config.ts";
import { DynamicsError } from "../dynamics/errors.ts";
import { checkPortal } from "./check.ts";
import type { CheckResult } from "./check.ts";
import type { Database } from "./ledger.ts";
import { syncPortal } from "./sync.ts";
import type { SyncOptions, SyncSummary } from "./sync.ts";

/**
 * The portal as one worker process knows it: nothing is written before the environment has been
 * compared, and one drain at a time does the work of all the jobs that ask for one.
 */
export class Portal {
  readonly client: DynamicsClient;
  readonly #organizationId: string | undefined;
  #isRightEnvironment = false;
  #drain: Promise<SyncSummary> | undefined;
  #isAskedAgain = false;

  constructor(config: DynamicsConfig) {
    this.client = createDynamicsClient(config);
    this.#organizationId = config.organizationId;
  }

  /** Logs in and compares the environment (P7). */
  async check(
    database: Database,
    options: { fresh?: boolean; signal?: AbortSignal | undefined } = {},
  ): Promise<CheckResult> {
    const result = await checkPortal(database, this.client, {
      ...options,
      organizationId: this.#organizationId,
    });
    if (result.state === "passed") this.#isRightEnvironment = true;
    if (result.state === "wrong_environment") this.#isRightEnvironment = false;
    return result;
  }

  /** Returns if the login works and reaches the right environment. */
  async require(database: Database, signal?: AbortSignal): Promise<void> {
    const result = await this.check(database, { signal });
    if (result.state === "failed") throw result.error;
    if (result.state === "wrong_environment") {
      throw new DynamicsError(result.problem, { errorClass: "config" });
    }
    if (result.state === "postponed") {
      throw new DynamicsError(`The portal asks us to wait until ${result.until.toISOString()}.`, {
        errorClass: "throttled",
      });
    }
  }

  /** Undefined: a drain is under way, which will look again before it ends. */
  async sync(database: Database, options: SyncOptions): Promise<SyncSummary | undefined> {
    if (this.#drain !== undefined) {
      this.#isAskedAgain = true;
      return undefined;
    }
    try {
      do {
        this.#isAskedAgain = false;
        this.#drain = this.#syncOnce(database, options);
        await this.#drain;
      } while (this.#isAskedAgain && !options.signal?.aborted);
      return await this.#drain;
    } finally {
      this.#drain = undefined;
    }
  }

  async #syncOnce(database: Database, options: SyncOptions): Promise<SyncSummary> {
    if (!this.#isRightEnvironment) await this.require(database, options.signal);
    return await syncPortal(database, this.client, options);
  }
}

let current: Portal | undefined;

/** The portal of this process, for its tasks; undefined if none is configured. */
export function currentPortal(): Portal | undefined {
  return current;
}

/** A process has one portal, or none. */
export function openPortal(config: DynamicsConfig | undefined): Portal | undefined {
  current = config && new Portal(config);
  return current;
}
