import { printSurroundings, printTable } from "../support/table.ts";
import type { Result } from "./api.ts";

export interface Report {
  postgres: string;
  settings: Record<string, string>;
  node: string;
  parallelism: number;
  results: Result[];
}

const HEADINGS = ["mentors", "who", "page", "way", "requests/s", "of bare", "p50", "p95"];

const WHO: Record<Result["case"], string> = {
  first: "coordinator of all",
  deep: "coordinator of all",
  few: "coordinator of forty",
};

export function printReport(report: Report): void {
  const { results, parallelism } = report;
  printTable(
    HEADINGS,
    results.map((result) => {
      const { mentors, page, way, perSecond, p50, p95 } = result;
      const floor = results.find(
        (other) => other.way === "bare" && other.mentors === mentors && other.case === result.case,
      );
      return [
        mentors.toLocaleString("en"),
        WHO[result.case],
        page.toLocaleString("en"),
        way,
        perSecond.toFixed(1),
        (perSecond / floor!.perSecond).toFixed(2),
        `${p50.toFixed(1)} ms`,
        `${p95.toFixed(1)} ms`,
      ];
    }),
  );
  console.log(`${parallelism} requests under way at once`);
  printSurroundings(report);
}
