import type { DynamicsClient } from "../dynamics/client.ts";
import { DynamicsError } from "../dynamics/errors.ts";
import type { PortalRecord } from "../dynamics/listing.ts";
import type { Target } from "./break-glass.ts";
import { preview } from "./ledger.ts";
import type { Database, Preview } from "./ledger.ts";
import { Patience } from "./patience.ts";
import type { PatienceOptions } from "./patience.ts";

/** Reads under way at once. */
const PLACES = 4;

/** What a sync would do about a listing. */
export interface Prospect {
  target: Target;
  decision: Preview["decision"] | "unreadable";
  /** The portal's row now; null for none, or if it is not known. */
  now: Pick<PortalRecord, "visible" | "visibleUntil"> | null;
  explanation: string | null;
}

export interface PreviewOptions extends PatienceOptions {
  isForced: boolean;
  isNewEnvironment: boolean;
  /** Told of every listing when it is done with. */
  onListing?: ((key: string) => void) | undefined;
}

/**
 * Reads each listing's row and asks the rule of the sync about it. Nothing is changed, here or there.
 * Errors: a DynamicsError if the portal lets nobody through.
 */
export async function previewByHand(
  database: Database,
  dynamics: DynamicsClient,
  targets: Target[],
  options: PreviewOptions,
): Promise<Prospect[]> {
  const prospects = new Map<Target, Prospect>();
  const queue = targets.values();
  const work = async () => {
    for (const target of queue) {
      if (options.signal?.aborted) return;
      prospects.set(target, await prospectOf(database, dynamics, target, options));
      options.onListing?.(target.mentorKey);
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: PLACES }, work));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  return targets.flatMap((target) => prospects.get(target) ?? []);
}

async function prospectOf(
  database: Database,
  dynamics: DynamicsClient,
  target: Target,
  options: PreviewOptions,
): Promise<Prospect> {
  const { signal } = options;
  try {
    const record = target.isShared
      ? undefined
      : await new Patience(options).untilLetThrough(() =>
          dynamics.read(target.mentorKey, { signal }),
        );
    const { decision, explanation } = await preview(database, target.mentorId, record, options);
    return { target, decision, now: record ?? null, explanation };
  } catch (error) {
    if (!(error instanceof DynamicsError) || error.concernsAll) throw error;
    return { target, decision: "unreadable", now: null, explanation: error.message };
  }
}
