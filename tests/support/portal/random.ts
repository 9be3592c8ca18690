import type { Fault } from "../../../worker/local/dataverse/simulator.ts";

/** The same sequence for the same seed. */
export interface Random {
  /** From 0 to 1. */
  next(): number;
  pick<Item>(items: readonly Item[]): Item;
}

/** Mulberry32, which is small and good enough to choose by. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { next, pick: (items) => items[Math.floor(next() * items.length)]! };
}

/** Everything that heals by itself: broken, slow, lost, late, old and implausible answers. */
export function randomFaults(random: Random): () => Fault {
  const races: Fault[] = [
    { on: "write", effect: "apply_late", afterMs: 30 },
    { on: "write", effect: "apply_late", afterMs: 120 },
    { on: "write", effect: "apply_late", afterMs: 400 },
    { on: "write", effect: "apply_then_drop" },
    { on: "write", effect: "reset" },
    { on: "write", effect: "bad_json" },
    { on: "write", effect: "precondition" },
    { on: "read", effect: "stale" },
  ];
  const troubles: Fault[] = [
    { on: "any", effect: "server_error", status: 503 },
    { on: "any", effect: "throttle", facet: "requests", retryAfter: "1" },
    { on: "any", effect: "throttle", facet: "concurrency", retryAfter: null },
    { on: "any", effect: "unauthorized" },
    { on: "any", effect: "html", status: 200 },
    { on: "any", effect: "truncate" },
    { on: "any", effect: "empty_body" },
  ];
  // Troubles close the gate, and while nobody works there are no races.
  return () => random.pick(random.next() < 0.8 ? races : troubles);
}
