import { randomUUID } from "node:crypto";
import type { Author, HistoryEntry, Row, RowChanges } from "./types.ts";

/** All there is to keep of a table. */
export interface TableState {
  /** Row version that was given out last. */
  counter: number;
  /** In the order of their creation. */
  rows: Row[];
}

/** Who changes something, and with which request. */
export interface Origin {
  by: Author;
  request?: number;
}

const FIRST_VERSION = 628_000;

/**
 * The rows, with the row versions of a database: one counter for all of them, which grows with each
 * change, also with one that changes nothing.
 */
export class Table {
  readonly history: HistoryEntry[] = [];
  #counter = FIRST_VERSION;
  #rows = new Map<string, Row>();
  readonly #previous = new Map<string, Row>();
  readonly #keep: ((state: TableState) => void) | undefined;

  /** `keep` is told the whole state after each change. */
  constructor(kept: TableState | undefined, keep: ((state: TableState) => void) | undefined) {
    this.#keep = keep;
    if (kept === undefined) return;
    this.#counter = kept.counter;
    this.#rows = byId(kept.rows);
  }

  rows(): Row[] {
    return [...this.#rows.values()];
  }

  byId(id: string): Row | undefined {
    return this.#rows.get(id);
  }

  byKey(key: string): Row | undefined {
    return this.rows().find((row) => row.key === key);
  }

  /** The row before its last change; as it is if there was none. */
  previousOf(row: Row): Row {
    return this.#previous.get(row.id) ?? row;
  }

  /** What a change would lead to, with a row version that is used up by asking. */
  pretend(before: Row | undefined, changes: RowChanges, by: Author, id = before?.id): Row {
    this.#counter += 1;
    return {
      id: id ?? randomUUID(),
      key: changes.key === undefined ? (before?.key ?? null) : changes.key,
      visible: changes.visible ?? before?.visible ?? false,
      visibleUntil:
        changes.visibleUntil === undefined ? (before?.visibleUntil ?? null) : changes.visibleUntil,
      version: changes.version === undefined ? (before?.version ?? null) : changes.version,
      etag: `W/"${this.#counter}"`,
      modifiedOn: new Date().toISOString(),
      modifiedBy: by,
    };
  }

  /** Changes the row, or creates it where there was none. */
  put(before: Row | undefined, changes: RowChanges, origin: Origin, id?: string): Row {
    const row = this.pretend(before, changes, origin.by, id);
    if (row.key !== null && this.rows().some((it) => it.key === row.key && it.id !== row.id)) {
      throw new Error(`There is a row with the key ${row.key} already`);
    }
    this.#store(row, before);
    this.#record(row, origin);
    this.#keep?.(this.state());
    return row;
  }

  remove(row: Row, origin: Origin): void {
    this.#rows.delete(row.id);
    this.#previous.delete(row.id);
    this.#record(row, origin, true);
    this.#keep?.(this.state());
  }

  state(): TableState {
    return structuredClone({ counter: this.#counter, rows: this.rows() });
  }

  /** The rows go back, the counter does not: a row version is given out once. */
  restore(state: TableState): void {
    const now = this.rows();
    const restored = byId(structuredClone(state.rows));
    this.#rows = new Map();
    for (const row of restored.values()) {
      const before = now.find((it) => it.id === row.id);
      this.#store(row, before);
      if (before?.etag !== row.etag) this.#record(row, { by: "restore" });
    }
    for (const row of now) if (!restored.has(row.id)) this.#record(row, { by: "restore" }, true);
    this.#keep?.(this.state());
  }

  #store(row: Row, before: Row | undefined): void {
    if (before !== undefined) this.#previous.set(row.id, before);
    this.#rows.set(row.id, row);
  }

  #record(row: Row, origin: Pick<HistoryEntry, "by" | "request">, removed: boolean = false): void {
    const { key, etag } = row;
    const { visible, visibleUntil, version } = removed
      ? { visible: false, visibleUntil: null, version: null }
      : row;
    this.history.push({
      at: Date.now(),
      key,
      visible,
      visibleUntil,
      version,
      etag,
      ...origin,
      ...(removed && { removed }),
    });
  }
}

function byId(rows: Row[]): Map<string, Row> {
  return new Map(rows.map((row) => [row.id, row]));
}
