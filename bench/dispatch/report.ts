import { printSurroundings, printTable, seconds } from "../support/table.ts";
import type { DispatchResult, Sent } from "./measure.ts";

export interface Report {
  postgres: string;
  settings: Record<string, string>;
  node: string;
  results: DispatchResult[];
}

const HEADINGS = [
  "mails",
  "at once",
  "answer after",
  "ours",
  "mails/s",
  "foil",
  "mails/s",
  "ours/foil",
  "Node MiB, before → peak",
  "mail server busy",
];

const STATEMENT_HEADINGS = ["answer after", "statement", "calls", "in all", "each"];

export function printReport(report: Report): void {
  printTable(HEADINGS, report.results.map(cellsOf));
  printTable(STATEMENT_HEADINGS, report.results.flatMap(statementCells));
  printSurroundings(report);
}

function cellsOf({ mails, places, delayMs, ours, foil }: DispatchResult): string[] {
  return [
    mails.toLocaleString("en"),
    String(places),
    `${delayMs} ms`,
    seconds(ours.milliseconds),
    rate(mails, ours),
    seconds(foil.milliseconds),
    rate(mails, foil),
    (ours.milliseconds / foil.milliseconds).toFixed(2),
    `${ours.rssBefore.toFixed(0)} → ${ours.rssPeak.toFixed(0)}`,
    `${((100 * ours.busy) / ours.milliseconds).toFixed(0)} %`,
  ];
}

function statementCells({ delayMs, statements }: DispatchResult): string[][] {
  return Object.entries(statements).map(([name, { calls, milliseconds }]) => [
    `${delayMs} ms`,
    name,
    calls.toLocaleString("en"),
    seconds(milliseconds),
    `${(milliseconds / calls).toFixed(2)} ms`,
  ]);
}

function rate(mails: number, { milliseconds }: Sent): string {
  return Math.round((1000 * mails) / milliseconds).toLocaleString("en");
}
