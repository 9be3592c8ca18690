import { printSurroundings, printTable, seconds } from "../support/table.ts";
import type { SizeResult } from "./measure-size.ts";

export interface Report {
  postgres: string;
  settings: Record<string, string>;
  node: string;
  results: SizeResult[];
}

const HEADINGS = [
  "certifications",
  "due",
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
  if (report.results.some(({ foil, due }) => foil.mentors < due)) {
    console.log("~ extrapolated from the first mentors that were done.");
  }
  printSurroundings(report);
}

function cellsOf({ mentors, due, ours, repetition, floor, foil }: SizeResult): string[] {
  return [
    mentors.toLocaleString("en"),
    due.toLocaleString("en"),
    seconds(ours.milliseconds),
    seconds(floor.milliseconds),
    (ours.milliseconds / floor.milliseconds).toFixed(2),
    seconds(repetition.milliseconds),
    (repetition.milliseconds / ours.milliseconds).toFixed(3),
    `${foil.mentors < due ? "~" : ""}${seconds(foil.extrapolated)}`,
    (foil.extrapolated / ours.milliseconds).toFixed(1),
    `${ours.rssBefore.toFixed(0)} → ${ours.rssPeak.toFixed(0)}`,
  ];
}
