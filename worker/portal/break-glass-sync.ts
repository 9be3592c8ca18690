import type { DynamicsClient } from "../dynamics/client.ts";
import type { DynamicsError } from "../dynamics/errors.ts";
import { readTargets } from "./break-glass.ts";
import type { Target } from "./break-glass.ts";
import type { Database } from "./ledger.ts";
import { Patience } from "./patience.ts";
import type { PatienceOptions } from "./patience.ts";
import { syncPortal } from "./sync.ts";
import type { Result } from "./sync.ts";

/** So many listings that get no answer, one after the other, are an outage. */
const OUTAGE = 5;

/** Mentors whose ids are sent with every claim. */
const BATCH = 250;

/** elsewhere: somebody else has told the portal meanwhile. waiting: the portal does not know yet. */
export interface Ending {
  target: Target;
  outcome:
    "written" | "unchanged" | "absent" | "elsewhere" | "held" | "missing" | "failed" | "waiting";
  /** Why it is not as wanted, in a sentence; null if it is. */
  explanation: string | null;
}

export interface ByHandOptions extends PatienceOptions {
  /** Told of every listing when it is done with. */
  onListing?: ((key: string, result: Result) => void) | undefined;
}

/**
 * Tells the portal about these listings until it knows, a person has to look, or nothing comes of it
 * any more. The gate, which paces the workers, is ignored; so what the portal says is heeded here.
 */
export async function syncByHand(
  database: Database,
  dynamics: DynamicsClient,
  targets: Target[],
  options: ByHandOptions = {},
): Promise<Ending[]> {
  const patience = new Patience(options);
  const results = new Map<string, Result>();
  let rest = targets.filter((target) => !target.isShared);
  while (rest.length > 0) {
    const stop = await syncRound(database, dynamics, rest, results, options);
    const now = await readTargets(database, idsOf(rest));
    const open = now.filter((target) => isOpen(target, results.get(target.mentorKey)));
    if (open.length < rest.length) patience.succeed();
    rest = open;
    if (rest.length === 0 || (stop && stop.errorClass !== "throttled" && !isOutage(stop))) break;
    const { reason, seconds } = whatToWaitFor(rest, stop, results);
    if (!(await patience.wait(reason, seconds))) break;
  }
  const now = await readTargets(database, idsOf(targets));
  return now.map((target) => endingOf(target, results.get(target.mentorKey)));
}

/** Goes through the listings once; ends early with the failure that concerns all of them. */
async function syncRound(
  database: Database,
  dynamics: DynamicsClient,
  targets: Target[],
  results: Map<string, Result>,
  { signal, onListing }: ByHandOptions,
): Promise<DynamicsError | undefined> {
  let stop: DynamicsError | undefined;
  let unanswered = 0;
  const onResult = (key: string, result: Result) => {
    results.set(key, result);
    onListing?.(key, result);
    const { error } = result;
    unanswered = error !== undefined && isOutage(error) ? unanswered + 1 : 0;
    if (result.outcome === "postponed" || unanswered >= OUTAGE) stop ??= error;
  };
  for (const mentorIds of batchesOf(idsOf(targets))) {
    const goesOn = () => stop === undefined;
    if (!goesOn() || signal?.aborted) break;
    await syncPortal(database, dynamics, { mentorIds, signal, goesOn, onListing: onResult });
  }
  return stop;
}

function isOutage(error: DynamicsError): boolean {
  return error.errorClass === "transient";
}

/** Whether a further round may bring it on. */
function isOpen(target: Target, result: Result | undefined): boolean {
  if (target.isSynced) return false;
  const isTried = result !== undefined && !["postponed", "lost"].includes(result.outcome);
  return !isTried || target.condition !== "needs_attention";
}

function whatToWaitFor(
  rest: Target[],
  stop: DynamicsError | undefined,
  results: Map<string, Result>,
): { reason: string; seconds?: number | undefined } {
  const failures = rest.map(({ mentorKey }) => results.get(mentorKey)?.error);
  const error = stop ?? failures.find((failure) => failure !== undefined);
  if (error !== undefined) return { reason: error.message, seconds: error.retryAfterSeconds };
  return { reason: "Somebody else is at work on it, or it has just changed." };
}

function endingOf(target: Target, result: Result | undefined): Ending {
  const outcome = outcomeOf(target, result);
  return { target, outcome, explanation: explain(target, outcome, result) };
}

function outcomeOf(target: Target, result: Result | undefined): Ending["outcome"] {
  const outcome = result?.outcome;
  if (target.isSynced) {
    return outcome === "written" || outcome === "unchanged" || outcome === "absent"
      ? outcome
      : "elsewhere";
  }
  if (target.isShared) return "failed";
  if (target.condition !== "needs_attention" && outcome !== "failed") return "waiting";
  if (target.errorClass === "held" || target.errorClass === "missing") return target.errorClass;
  return outcome === undefined || outcome === "postponed" ? "waiting" : "failed";
}

function explain(
  target: Target,
  outcome: Ending["outcome"],
  result: Result | undefined,
): string | null {
  if (target.isSynced) return null;
  if (target.isShared) return target.errorMessage;
  if (outcome !== "waiting" && target.errorMessage !== null) return target.errorMessage;
  if (result?.error !== undefined) return result.error.message;
  return target.isLeased
    ? "Somebody else is still at work on it."
    : "It was not told, or has changed since.";
}

function batchesOf(ids: string[]): string[][] {
  const count = Math.ceil(ids.length / BATCH);
  return Array.from({ length: count }, (_, n) => ids.slice(n * BATCH, (n + 1) * BATCH));
}

function idsOf(targets: Target[]): string[] {
  return targets.map(({ mentorId }) => mentorId);
}
