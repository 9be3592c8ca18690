import { printSurroundings, printTable, seconds } from "../support/table.ts";
import type { BurstResult, Variant } from "./burst.ts";
import type { DrainResult } from "./drain.ts";
import type { Traffic } from "./simulator-process.ts";

export interface Report {
  postgres: string;
  settings: Record<string, string>;
  node: string;
  drains: DrainResult[];
  bursts: BurstResult[];
}

const DRAIN_HEADINGS = [
  "listings",
  "at once",
  "sync",
  "GET",
  "PATCH",
  "other",
  "requests/listing",
  "time",
  "floor",
  "time/floor",
  "Node MiB, before → peak",
  "simulator busy",
];

const BURST_HEADINGS = [
  "listings × changes",
  "at once",
  "variant",
  "GET",
  "PATCH",
  "other",
  "requests/listing",
  "requests/change",
  "time",
];

/** From this share of the time on, requests wait for the simulator itself. */
const TOO_BUSY = 0.8;

const VARIANT_NAMES: Record<Variant, string> = {
  before: "ours, all changes before it starts",
  during: "ours, changes while it runs",
  apart: "ours, each change told before the next",
  foil: "foil, replay of the events",
};

export function printReport(report: Report): void {
  printTable(DRAIN_HEADINGS, report.drains.map(drainCells));
  printTable(BURST_HEADINGS, report.bursts.map(burstCells));
  const results = [...report.drains, ...report.bursts];
  if (results.some(({ busy, milliseconds }) => busy > TOO_BUSY * milliseconds)) {
    console.log("The simulator could not keep up: some of these times are its own.");
  }
  const { latencyMs } = results[0]!;
  console.log(`Each answer of the portal ${latencyMs} ms late`);
  printSurroundings(report);
}

function drainCells(result: DrainResult): string[] {
  const { listings, milliseconds, floor, rssBefore, rssPeak } = result;
  return [
    listings.toLocaleString("en"),
    String(result.parallelism),
    result.case,
    ...requestCells(result),
    (total(result) / listings).toFixed(3),
    seconds(milliseconds),
    seconds(floor),
    (milliseconds / floor).toFixed(2),
    `${rssBefore.toFixed(0)} → ${rssPeak.toFixed(0)}`,
    `${((100 * result.busy) / milliseconds).toFixed(0)} %`,
  ];
}

function burstCells(result: BurstResult): string[] {
  const { listings, changes } = result;
  return [
    `${listings.toLocaleString("en")} × ${changes}`,
    String(result.parallelism),
    VARIANT_NAMES[result.variant],
    ...requestCells(result),
    (total(result) / listings).toFixed(2),
    (total(result) / listings / changes).toFixed(2),
    seconds(result.milliseconds),
  ];
}

function requestCells({ requests }: Traffic): string[] {
  const { read, write, ...others } = requests;
  const other = Object.values(others).reduce((sum, count) => sum + count, 0);
  return [read, write, other].map((count) => count.toLocaleString("en"));
}

function total({ requests }: Traffic): number {
  return Object.values(requests).reduce((sum, count) => sum + count, 0);
}
