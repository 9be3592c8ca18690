import { printSurroundings, printTable, seconds } from "../support/table.ts";
import type { SizeResult } from "./measure-size.ts";

export interface Report {
  postgres: string;
  settings: Record<string, string>;
  node: string;
  results: SizeResult[];
}

const HEADINGS = [
  "assignments, all due",
  "decide",
  "ours",
  "floor",
  "ours/floor",
  "repetition",
  "repetition/ours",
  "foil",
  "foil/ours",
  "Node MiB, before → peak",
];

export function printReport(report: Report): void {
  printTable(HEADINGS, report.results.map(cellsOf));
  if (report.results.some(({ foil, assignments }) => foil.assignments < assignments)) {
    console.log("~ extrapolated from the first assignments that were done.");
  }
  printSurroundings(report);
}

function cellsOf(result: SizeResult): string[] {
  const { assignments, decide, ours, repetition, floor, foil } = result;
  return [
    assignments.toLocaleString("en"),
    seconds(decide.milliseconds),
    seconds(ours.milliseconds),
    seconds(floor.milliseconds),
    (ours.milliseconds / floor.milliseconds).toFixed(2),
    seconds(repetition.milliseconds),
    (repetition.milliseconds / ours.milliseconds).toFixed(3),
    `${foil.assignments < assignments ? "~" : ""}${seconds(foil.extrapolated)}`,
    (foil.extrapolated / ours.milliseconds).toFixed(1),
    `${ours.rssBefore.toFixed(0)} → ${ours.rssPeak.toFixed(0)}`,
  ];
}
