import type { ListingColumns } from "../../dynamics/listing.ts";
import type { Fault } from "./faults.ts";

/** What a request asks for, as the path says; "other" is everything the simulator only half knows. */
export type RequestKind = "token" | "whoami" | "read" | "write" | "list" | "other";

export interface SimulatorOptions {
  /** Any free port if 0 (0). */
  port?: number;
  /** Names of the table and its columns (HLF_COLUMNS). */
  columns?: ListingColumns;
  /** What WhoAmI answers. */
  organizationId?: string;
  /** Keeps the rows in this JSON file, so that they survive a restart; without it they are gone. */
  file?: string;
  /** Added to each answer of the Web API (0). A write has been applied before the wait. */
  latencyMs?: number;
  /** How long a token is good for (3599). */
  tokenLifeSeconds?: number;
  /** How long the public page may show an old state (0). */
  cacheMinutes?: number;
}

/** A row as somebody sees it in Dynamics. */
export interface Row {
  /** GUID */
  id: string;
  key: string | null;
  visible: boolean;
  /** yyyy-mm-dd */
  visibleUntil: string | null;
  version: number | null;
  /** W/"1234": the value of the database's counter at the last change. */
  etag: string;
  /** ISO instant. */
  modifiedOn: string;
  modifiedBy: Author;
}

/** Who changes rows: the application user, or a member of staff in Dynamics. */
export type Author = "api" | "human";

/** What a row says; what is left out stays as it is. */
export interface RowChanges {
  key?: string | null | undefined;
  visible?: boolean | undefined;
  visibleUntil?: string | null | undefined;
  version?: number | null | undefined;
}

/** A change that was applied, with the state that it led to. */
export interface HistoryEntry {
  /** Milliseconds since 1970. */
  at: number;
  key: string | null;
  visible: boolean;
  visibleUntil: string | null;
  version: number | null;
  etag: string;
  by: Author | "restore";
  /** Number in the journal of the request that made it. */
  request?: number;
  /** The row is gone; it is nobody's listing any more. */
  removed?: true;
}

/** A request that was received. Neither headers nor the body of a login are kept. */
export interface JournalEntry {
  /** From 1 on. */
  number: number;
  /** Milliseconds since 1970. */
  at: number;
  method: string;
  /** With its query, decoded. */
  path: string;
  kind: RequestKind;
  /** The mentor's key, where the request concerns one row. */
  key?: string;
  /** 0 if the connection was cut, or nothing was answered yet. */
  status: number;
  ifMatch?: string;
  /** Parsed if it is JSON. */
  body?: unknown;
  /** Effect of the fault that it met. */
  fault?: string;
}

export type ApplicationUserState = "enabled" | "disabled" | "missing_role" | "not_a_member";

export interface Simulator {
  /** http://127.0.0.1:PORT; the Web API is at /api/data/v9.2/, the public page at /portal. */
  url: string;
  tokenEndpoint: string;
  /** Everything that the worker needs to use it. The secret is the newest one. */
  environment(): Record<string, string>;

  /** Adds a row as somebody in Dynamics; hidden unless said. A key is there once. */
  add(key: string, listing?: Omit<RowChanges, "key">): Row;
  edit(key: string, changes: RowChanges): Row;
  remove(key: string): void;
  /** A copy. */
  row(key: string): Row | undefined;
  /** Copies, in the order of their creation. */
  rows(): Row[];
  /** Whether a visitor sees the mentor on that day, yyyy-mm-dd (today in Oslo), caches apart. */
  isPubliclyVisible(key: string, on?: string): boolean;
  snapshot(): unknown;
  /** The environment was restored: rows and ETags go back, the counter of row versions does not. */
  restore(snapshot: unknown): void;
  readonly history: HistoryEntry[];
  readonly journal: JournalEntry[];
  /** How many requests were received, of that kind or at all. */
  requests(kind?: RequestKind): number;

  /** Queues a fault for requests to come. */
  inject(fault: Fault): void;
  /** Forgets faults, expired secrets, revoked tokens and the state of the application user. */
  heal(): void;
  /** One for each request that met `apply_late`: the status that nobody was told, 0 if stopped. */
  readonly lateWrites: Promise<{ status: number }>[];
  /** Adds a secret beside those there are, and returns it. */
  rotateSecret(): string;
  /** The oldest secret that is still good is refused from now on; tokens go on working. */
  expireSecret(): void;
  /** The Web API refuses all tokens issued so far. */
  revokeTokens(): void;
  setApplicationUser(state: ApplicationUserState): void;
  latencyMs: number;
  /** Lets the public page's cache age, without waiting. */
  advanceCache(minutes: number): void;
  /** Cuts open connections and drops late writes. */
  stop(): Promise<void>;
}
