import type pg from "pg";
import { createPool } from "../../worker/database/pool.ts";
import { createDynamicsClient } from "../../worker/dynamics/client.ts";
import type { ClientOptions, DynamicsClient } from "../../worker/dynamics/client.ts";
import { readDynamicsConfig } from "../../worker/dynamics/config.ts";
import type { DynamicsConfig } from "../../worker/dynamics/config.ts";
import { startSimulator } from "../../worker/local/dataverse/simulator.ts";
import type { Simulator, SimulatorOptions } from "../../worker/local/dataverse/simulator.ts";
import { reconcilePortal } from "../../worker/portal/reconcile.ts";
import { syncPortal } from "../../worker/portal/sync.ts";
import type { SyncOptions, SyncSummary } from "../../worker/portal/sync.ts";
import type { Organization } from "./builders.ts";
import { disagreements, wronglyShown } from "./portal/judge.ts";
import { Meter } from "./portal/meter.ts";
import * as mentors from "./portal/mentors.ts";
import type { ListedMentor } from "./portal/mentors.ts";
import { test as base } from "./database.ts";

export type { ListedMentor } from "./portal/mentors.ts";
export { daysFromToday, EXPIRES_ON } from "./portal/mentors.ts";

/** Patience of a client that has to find out that nobody answers. */
export const SHORT_MS = 300;

/** A worker as far as the portal knows: connections and a login of its own. */
export interface Hand {
  pool: pg.Pool;
  client: DynamicsClient;
}

/** A database of the test's own, a Dataverse of its own, and an association between the two. */
export class PortalStage implements Hand {
  readonly url: string;
  readonly pool: pg.Pool;
  readonly simulator: Simulator;
  readonly association: Organization;
  readonly client: DynamicsClient;
  /** Counts the calls of all hands that are under way at once. */
  readonly meter = new Meter();
  readonly #pools: pg.Pool[] = [];

  constructor(url: string, pool: pg.Pool, simulator: Simulator, association: Organization) {
    this.url = url;
    this.pool = pool;
    this.simulator = simulator;
    this.association = association;
    this.client = this.aClient();
    this.#pools.push(pool);
  }

  config(changes: Record<string, string> = {}): DynamicsConfig {
    return configOf({ ...this.simulator.environment(), ...changes });
  }

  aClient(options: ClientOptions = {}, config = this.config()): DynamicsClient {
    return this.meter.watch(createDynamicsClient(config, options));
  }

  aHand(options: ClientOptions = {}): Hand {
    const pool = createPool(this.url, { max: 6, applicationName: "mentor-lifecycle-tests" });
    this.#pools.push(pool);
    return { pool, client: this.aClient(options) };
  }

  async close(): Promise<void> {
    await this.simulator.stop();
    for (const pool of this.#pools) await pool.end();
  }

  /** Mentors to be shown, whose rows the portal has, hidden; nothing has been told yet. */
  async enrol(count: number, { prefix = "LP", expiresOn = mentors.EXPIRES_ON } = {}) {
    const keys = Array.from(
      { length: count },
      (_, n) => `${prefix}-${`${n + 1}`.padStart(3, "0")}`,
    );
    for (const key of keys) this.simulator.add(key);
    return await mentors.enrol(this.pool, this.association, keys, expiresOn);
  }

  /** Mentors who are visible, and the database knows it. */
  async visible(count: number, options: Parameters<PortalStage["enrol"]>[1] = {}) {
    const listed = await this.enrol(count, options);
    await this.drain();
    return listed;
  }

  /** Mentors who were visible and are hidden, and the database knows it. */
  async hidden(count: number, options: Parameters<PortalStage["enrol"]>[1] = {}) {
    const listed = await this.visible(count, options);
    await this.pause(...listed);
    await this.drain();
    return listed;
  }

  async oneVisible(options: Parameters<PortalStage["enrol"]>[1] = {}): Promise<ListedMentor> {
    return (await this.visible(1, options))[0]!;
  }

  async oneHidden(): Promise<ListedMentor> {
    return (await this.hidden(1))[0]!;
  }

  async pause(...listed: ListedMentor[]): Promise<void> {
    await mentors.pause(this.pool, listed);
  }

  async resume(...listed: ListedMentor[]): Promise<void> {
    await mentors.resume(this.pool, listed);
  }

  async extend(mentor: ListedMentor, expiresOn: string): Promise<void> {
    await mentors.extend(this.pool, this.association, mentor, expiresOn);
  }

  async force(mentor: ListedMentor): Promise<void> {
    await mentors.forceSync(this.pool, mentor);
  }

  async drain(options: SyncOptions & { by?: Hand } = {}): Promise<SyncSummary> {
    const { by = this, ...rest } = options;
    return await syncPortal(by.pool, by.client, rest);
  }

  async reconcile(options: { acceptsShare?: boolean; client?: DynamicsClient } = {}) {
    const { client = this.client, ...rest } = options;
    return await reconcilePortal(this.pool, client, rest);
  }

  /** What the sync waits for has come: the gate may be tried, back-offs and leases have ended. */
  async passTime(): Promise<void> {
    await this.passGateTime();
    await this.pool.query(
      `update app_public.portal_listings as l
       set next_attempt_at = now(),
           lease_until = case when l.lease_token is not null then now() end
       where l.lease_token is not null or l.next_attempt_at > now()`,
    );
  }

  async passGateTime(): Promise<void> {
    await this.pool.query(
      `update app_private.portal_gate as g
       set closed_until = now(), throttled_until = least(g.throttled_until, now())
       where g.closed_until > now()`,
    );
  }

  /** Drains until nothing waits any more; for a portal that is well again. */
  async settle(by: Hand = this): Promise<void> {
    for (let round = 0; round < 20; round += 1) {
      await this.passTime();
      await this.drain({ by });
      if ((await this.waiting()) === 0) return;
    }
    throw new Error("After twenty rounds there are listings that still wait");
  }

  async waiting(): Promise<number> {
    const { rows } = await this.pool.query<{ count: number }>(
      `select count(*) from app_public.portal_listings as l
       where l.condition in ('pending', 'retrying')`,
    );
    return rows[0]!.count;
  }

  async disagreements(): Promise<string[]> {
    return await disagreements(this.pool, this.simulator);
  }

  async wronglyShown(): Promise<string[]> {
    return await wronglyShown(this.pool, this.simulator);
  }
}

export function configOf(environment: Record<string, string>): DynamicsConfig {
  const { config, problems } = readDynamicsConfig(environment);
  if (config === undefined) throw new Error(problems?.join("; ") ?? "No portal is configured");
  return config;
}

export interface StageOptions {
  simulator?: SimulatorOptions;
}

/**
 * `portal`: a stage of the test's own. `aPortal`: makes stages, for a test that asks for more.
 * `parallelism`: how many listings may be under way at once (4); with one, a drain never waits.
 */
export const test = base
  .extend("parallelism", 4)
  .extend("aPortal", async ({ fresh, parallelism }, { onCleanup }) => {
    const stages: PortalStage[] = [];
    onCleanup(async () => {
      for (const stage of stages) await stage.close();
    });
    return async ({ simulator: options = {} }: StageOptions = {}) => {
      const url = await fresh();
      const pool = createPool(url, { applicationName: "mentor-lifecycle-tests" });
      const simulator = await startSimulator(options);
      const association = await mentors.anAssociation(pool);
      await pool.query("update app_private.portal_gate set parallelism = $1", [parallelism]);
      const stage = new PortalStage(url, pool, simulator, association);
      stages.push(stage);
      return stage;
    };
  })
  .extend("portal", async ({ aPortal }) => await aPortal());
