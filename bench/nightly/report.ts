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

/** The table as Markdown, so that it can be pasted into bench/README.md. */
export function printReport(report: Report): void {
  const rows = [HEADINGS, ...report.results.map(cellsOf)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (cells: string[]) =>
    `| ${cells.map((cell, column) => cell.padStart(widths[column]!)).join(" | ")} |`;
  console.log(line(HEADINGS));
  console.log(`| ${widths.map((width) => `${"-".repeat(width - 1)}:`).join(" | ")} |`);
  for (const cells of rows.slice(1)) console.log(line(cells));
  console.log("");
  if (report.results.some(({ foil, due }) => foil.mentors < due)) {
    console.log("~ extrapolated from the first mentors that were done.");
  }
  console.log(`PostgreSQL ${report.postgres}, Node ${report.node}`);
  const settings = Object.entries(report.settings).map(([name, value]) => `${name} ${value}`);
  console.log(settings.join(", "));
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

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 2 : 1)} s`;
}
