import type { PlannedAction } from "./preview.ts";
import type { NightlyRun } from "./run.ts";

const HEADINGS = ["action", "mentor", "certification", "expires on", "why"] as const;

/** The plan as a table for a terminal, one line a decision. */
export function planTable(actions: PlannedAction[]): string {
  if (actions.length === 0) return "Nothing to do: every mentor is left alone.";
  const rows = actions.map((row) => [
    row.action === "remind" ? `remind (${row.thresholdDays})` : row.action,
    row.mentorKey,
    row.certificationType ?? "",
    row.expiresOn ?? "",
    row.reason,
  ]);
  return alignColumns([[...HEADINGS], ...rows]);
}

function alignColumns(rows: string[][]): string {
  const widths = HEADINGS.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .toSpliced(1, 0, widths.map((width) => "-".repeat(width)).join("  "))
    .join("\n");
}

/** What became of a run, in one or two sentences. */
export function runSentence(run: NightlyRun): string {
  const subject = `The run of ${run.runOn}`;
  const explanation = run.explanation === null ? "" : ` ${run.explanation}`;
  if (run.state === "needs_approval") return `${subject} waits for approval.${explanation}`;
  if (run.state === "skipped") return `${subject} was skipped.${explanation}`;
  const { counts } = run;
  const attempts = run.attempt > 1 ? ` over ${run.attempt} attempts` : "";
  return (
    `${subject} ${run.state.replaceAll("_", " ")}${attempts}: ` +
    `${counts.paused} paused, ${counts.hidden} hidden, ${counts.reminded} reminded, ` +
    `${counts.followedUp} followed up, ${counts.resumed} resumed, ${counts.shown} shown, ` +
    `${counts.unchanged} left alone.${explanation}`
  );
}
