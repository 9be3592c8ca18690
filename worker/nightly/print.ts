import { alignColumns } from "../align-columns.ts";
import type { PlannedAction } from "./preview.ts";
import type { NightlyRun } from "./run.ts";

const HEADINGS = ["action", "mentor", "about", "date", "why"] as const;

/**
 * The plan as a table for a terminal, one line a decision: about which certification, with its last
 * day, or about which assignment, with its last contact.
 */
export function planTable(actions: PlannedAction[]): string {
  if (actions.length === 0) return "Nothing to do: every mentor is left alone.";
  const rows = actions.map((row) => [
    actionCell(row),
    row.mentorKey,
    row.certificationType ?? row.assignmentKey ?? "",
    row.expiresOn ?? row.lastContactOn ?? "",
    row.reason,
  ]);
  return alignColumns([[...HEADINGS], ...rows]);
}

function actionCell({ action, thresholdDays, step }: PlannedAction): string {
  if (action === "remind") return `remind (${thresholdDays})`;
  if (action === "follow_up") return `follow up (${step})`;
  return action;
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
