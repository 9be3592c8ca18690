import type { ListingColumns } from "../../dynamics/listing.ts";
import { WEB_API_PATH } from "./addressing.ts";
import { environmentOf, HLF_COLUMNS, ORGANIZATION_ID } from "./environment.ts";
import { FaultQueue } from "./faults.ts";
import type { Fault } from "./faults.ts";
import { keeper, parseState, readState } from "./keep.ts";
import { LateWrites } from "./late-writes.ts";
import { isDate } from "./payload.ts";
import { isShown, PublicPage, todayInOslo } from "./public-page.ts";
import { listen } from "./server.ts";
import type { Listener } from "./server.ts";
import { Table } from "./table.ts";
import { Tenant, TENANT_ID } from "./tenant.ts";
import { decider } from "./traffic.ts";
import type { Surroundings } from "./traffic.ts";
import type {
  ApplicationUserState,
  JournalEntry,
  RequestKind,
  Row,
  RowChanges,
  Simulator,
  SimulatorOptions,
} from "./types.ts";

export { HLF_COLUMNS } from "./environment.ts";
export type { Fault } from "./faults.ts";
export type * from "./types.ts";

/** Starts Entra's token endpoint, the Web API with one table, and the public page, on loopback. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = new LocalDataverse(options);
  await simulator.start(options.port ?? 0);
  return simulator;
}

class LocalDataverse implements Simulator {
  readonly journal: JournalEntry[] = [];
  latencyMs: number;
  readonly #columns: ListingColumns;
  readonly #organizationId: string;
  readonly #table: Table;
  readonly #tenant: Tenant;
  readonly #faults = new FaultQueue();
  readonly #page: PublicPage;
  readonly #stop = new AbortController();
  readonly #late = new LateWrites(this.#stop.signal);
  #user: ApplicationUserState = "enabled";
  #listener: Listener | undefined;

  constructor(options: SimulatorOptions) {
    this.latencyMs = options.latencyMs ?? 0;
    this.#columns = options.columns ?? HLF_COLUMNS;
    this.#organizationId = options.organizationId ?? ORGANIZATION_ID;
    this.#table = new Table(readState(options.file), keeper(options.file));
    this.#tenant = new Tenant(options.tokenLifeSeconds ?? 3599);
    this.#page = new PublicPage(this.#table, options.cacheMinutes ?? 0);
  }

  async start(port: number): Promise<void> {
    const decide = decider(() => this.#surroundings());
    this.#listener = await listen(port, this.journal, decide, this.#stop.signal);
  }

  get url(): string {
    return `http://127.0.0.1:${this.#listener!.port}`;
  }

  get tokenEndpoint(): string {
    return `${this.url}/${TENANT_ID}/oauth2/v2.0/token`;
  }

  environment(): Record<string, string> {
    return environmentOf(this, this.#tenant.newestSecret(), this.#columns);
  }

  add(key: string, listing: Omit<RowChanges, "key"> = {}): Row {
    return this.#put(undefined, { ...listing, key });
  }

  edit(key: string, changes: RowChanges): Row {
    return this.#put(this.#existing(key), changes);
  }

  remove(key: string): void {
    this.#table.remove(this.#existing(key), { by: "human" });
  }

  row(key: string): Row | undefined {
    return structuredClone(this.#table.byKey(key));
  }

  rows(): Row[] {
    return structuredClone(this.#table.rows());
  }

  isPubliclyVisible(key: string, on: string = todayInOslo()): boolean {
    const row = this.#table.byKey(key);
    return row !== undefined && isShown(row, on);
  }

  snapshot(): unknown {
    return this.#table.state();
  }

  restore(snapshot: unknown): void {
    this.#table.restore(parseState(snapshot, "The snapshot"));
  }

  get history(): Simulator["history"] {
    return this.#table.history;
  }

  requests(kind?: RequestKind): number {
    return this.journal.filter((entry) => kind === undefined || entry.kind === kind).length;
  }

  get lateWrites(): Simulator["lateWrites"] {
    return this.#late.writes;
  }

  inject(fault: Fault): void {
    this.#faults.inject(fault);
  }

  heal(): void {
    this.#faults.clear();
    this.#tenant.heal();
    this.#user = "enabled";
  }

  rotateSecret(): string {
    return this.#tenant.rotateSecret();
  }

  expireSecret(): void {
    this.#tenant.expireSecret();
  }

  revokeTokens(): void {
    this.#tenant.revokeTokens();
  }

  setApplicationUser(state: ApplicationUserState): void {
    this.#user = state;
  }

  advanceCache(minutes: number): void {
    this.#page.advance(minutes);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    const { server } = this.#listener!;
    if (!server.listening) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    server.close(() => resolve());
    server.closeAllConnections();
    await promise;
  }

  #put(before: Row | undefined, changes: RowChanges): Row {
    const { visibleUntil } = changes;
    if (visibleUntil !== undefined && visibleUntil !== null && !isDate(visibleUntil)) {
      throw new Error(`${visibleUntil} is not a day, yyyy-mm-dd`);
    }
    return structuredClone(this.#table.put(before, changes, { by: "human" }));
  }

  #existing(key: string): Row {
    const row = this.#table.byKey(key);
    if (row === undefined) throw new Error(`There is no row with the key ${key}`);
    return row;
  }

  #surroundings(): Surroundings {
    return {
      simulator: this,
      dataverse: {
        table: this.#table,
        columns: this.#columns,
        base: `${this.url}${WEB_API_PATH}`,
        organizationId: this.#organizationId,
      },
      tenant: this.#tenant,
      page: this.#page,
      faults: this.#faults,
      late: this.#late,
      applicationUser: this.#user,
      stopped: this.#stop.signal,
    };
  }
}
