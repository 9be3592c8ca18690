/** One row of what the database says about an import. */
export interface SummaryRow {
  subject: string;
  outcome: string;
  amount: number | null;
  message: string | null;
}

export interface Summary {
  kind: string;
  organization: string;
  file: string;
  rows: number;
  dryRun: boolean;
  /** For each kind of thing how many were created, updated, left unchanged and so on. */
  counts: Record<string, Record<string, number>>;
  warnings: string[];
}

export function summarize(
  facts: Omit<Summary, "counts" | "warnings">,
  rows: SummaryRow[],
): Summary {
  const counts: Summary["counts"] = {};
  for (const { subject, outcome, amount } of rows) {
    if (amount === null) continue;
    const outcomes = (counts[subject] ??= {});
    outcomes[outcome] = (outcomes[outcome] ?? 0) + amount;
  }
  const warnings = rows.flatMap(({ message }) => (message === null ? [] : [message]));
  if (facts.rows === 0) warnings.unshift("The file has a header and no rows; nothing changes.");
  return { ...facts, counts, warnings };
}

const COLUMNS = ["created", "updated", "unchanged"];

/** The summary as a person reads it on a terminal. */
export function formatSummary(summary: Summary): string {
  const title = `${summary.rows} ${summary.rows === 1 ? "row" : "rows"} of ${summary.file}`;
  const lines = [
    summary.dryRun
      ? `Dry run: nothing was stored. Importing ${title} into ${summary.organization} would do this:`
      : `Imported ${title} into ${summary.organization}:`,
    "",
    ...formatCounts(summary.counts),
  ];
  if (summary.warnings.length > 0) {
    lines.push("", "Please check:", ...summary.warnings.map((warning) => `  - ${warning}`));
  }
  return lines.join("\n");
}

function formatCounts(counts: Summary["counts"]): string[] {
  const width = Math.max(0, ...Object.keys(counts).map((subject) => subject.length)) + 2;
  const lines = [`${"".padEnd(width)}${COLUMNS.map((name) => name.padStart(10)).join("")}`];
  for (const [subject, outcomes] of Object.entries(counts)) {
    const numbers = COLUMNS.map((name) => String(outcomes[name] ?? 0).padStart(10)).join("");
    const others = Object.entries(outcomes)
      .filter(([name, amount]) => !COLUMNS.includes(name) && amount > 0)
      .map(([name, amount]) => `${amount} ${name}`);
    lines.push(
      `${subject.padEnd(width)}${numbers}${others.length > 0 ? `   ${others.join(", ")}` : ""}`,
    );
  }
  return lines;
}
