import type { JournalRow } from "./outcomes.ts";

/*
 * Was a crowd of callers served one after the other? Versions give the order, so no search is needed:
 * every caller's answer is held against the journal.
 */

export type Command = "pause_mentor" | "resume_mentor" | "retire_mentor" | "reenroll_mentor";

export interface Operation {
  /** The actor under which the operation is journalled. */
  id: string;
  mentorId: string;
  command: Command;
  expectedVersion: number | null;
  invokedAt: number;
  completedAt: number;
  /** The version that the caller was told, or the SQLSTATE of the refusal. */
  version?: number;
  code?: string;
}

interface State {
  version: number;
  status: string;
  /** When it can have begun and ended to be the current one, as callers could see. */
  from: number;
  until: number;
}

/** Refusals that a state explains. Every other SQLSTATE is a mistake of ours. */
const EXPLANATIONS: Record<string, (operation: Operation, state: State) => boolean> = {
  MNVER: ({ expectedVersion }, { version }) => expectedVersion !== version,
  MNAPA: ({ command }, { status }) => command === "pause_mentor" && status === "paused",
  MNNPA: ({ command }, { status }) => command === "resume_mentor" && status !== "paused",
  MNTRA: ({ command }, { status }) =>
    command === "reenroll_mentor"
      ? status !== "retired"
      : command !== "resume_mentor" && status === "retired",
};

/** Everything in one mentor's journal and its callers' answers that no serial order explains. */
export function contradictions(journal: JournalRow[], operations: Operation[]): string[] {
  const found: string[] = [];
  const byId = new Map(operations.map((operation) => [operation.id, operation]));

  for (const [index, row] of journal.entries()) {
    if (row.version !== index + 1)
      found.push(`version ${row.version} stands in place ${index + 1}`);
    if (index > 0 && row.from_status !== journal[index - 1]!.to_status)
      found.push(`version ${row.version} does not go on from the one before`);
  }

  for (const operation of operations) {
    const rows = journal.filter(({ actor }) => actor === operation.id);
    if (operation.code !== undefined && rows.length > 0)
      found.push(`${operation.id} was refused with ${operation.code} and done`);
    if (operation.code === undefined && rows.at(-1)?.version !== operation.version)
      found.push(`${operation.id} was told version ${operation.version}`);
  }

  let latestInvocation = Number.NEGATIVE_INFINITY;
  for (const { version, actor } of journal) {
    const operation = byId.get(actor);
    if (operation === undefined) continue;
    if (operation.completedAt < latestInvocation)
      found.push(`version ${version} comes after one that was asked for later`);
    latestInvocation = Math.max(latestInvocation, operation.invokedAt);
  }

  const states = statesOf(journal, byId);
  for (const operation of operations) {
    if (operation.code === undefined) continue;
    const explains = EXPLANATIONS[operation.code];
    const seen = states.filter(
      ({ from, until }) => from <= operation.completedAt && until >= operation.invokedAt,
    );
    if (explains === undefined || !seen.some((state) => explains(operation, state)))
      found.push(`nothing explains ${operation.code} of ${operation.command}`);
  }
  return found;
}

function statesOf(journal: JournalRow[], byId: Map<string, Operation>): State[] {
  return journal.map(({ version, to_status, actor }, index) => {
    const next = journal.slice(index + 1).find((row) => row.actor !== actor);
    return {
      version,
      status: to_status,
      from: byId.get(actor)?.invokedAt ?? Number.NEGATIVE_INFINITY,
      until: (next && byId.get(next.actor)?.completedAt) ?? Number.POSITIVE_INFINITY,
    };
  });
}
