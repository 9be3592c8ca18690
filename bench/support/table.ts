/** A table as Markdown, so that it can be pasted into bench/README.md. */
export function printTable(headings: string[], rows: string[][]): void {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const line = (cells: string[]) =>
    `| ${cells.map((cell, column) => cell.padStart(widths[column]!)).join(" | ")} |`;
  console.log(line(headings));
  console.log(`| ${widths.map((width) => `${"-".repeat(width - 1)}:`).join(" | ")} |`);
  for (const cells of rows) console.log(line(cells));
  console.log("");
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 2 : 1)} s`;
}

/** What the figures depend on, in two lines. */
export function printSurroundings(report: {
  postgres: string;
  node: string;
  settings: Record<string, string>;
}): void {
  console.log(`PostgreSQL ${report.postgres}, Node ${report.node}`);
  const settings = Object.entries(report.settings).map(([name, value]) => `${name} ${value}`);
  console.log(settings.join(", "));
}
