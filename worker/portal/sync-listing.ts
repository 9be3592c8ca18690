import type { DynamicsClient } from "../dynamics/client.ts";
import { DynamicsError } from "../dynamics/errors.ts";
import type { PortalRecord } from "../dynamics/listing.ts";
import { confirm, decide, knownRow } from "./ledger.ts";
import type { Claim, Database, Decision } from "./ledger.ts";

/** How often a row may change under our hands before we come back later. */
const ROUNDS = 4;

export type Outcome = Exclude<Decision, "write" | "read"> | "written" | "failed";

/**
 * Tells the portal about one leased listing: decide, mark, write under the ETag, confirm (P6).
 *
 * What was confirmed last is taken for the row as it is: its ETag proves it or is refused, and most
 * listings cost one request. In any doubt the row is read.
 */
export async function syncListing(
  database: Database,
  dynamics: DynamicsClient,
  claim: Claim,
  signal?: AbortSignal,
): Promise<Outcome> {
  let remembered = claim.remembered ?? undefined;
  let isRefused = false;
  for (let round = 0; round < ROUNDS;) {
    const isRemembered = remembered !== undefined;
    const record = remembered ?? (await find(database, dynamics, claim, signal));
    const found = { record, isRemembered, isRefused };
    const { decision, listing, wasInflight } = await decide(database, claim, found);
    remembered = undefined;
    if (decision === "read") continue;
    if (decision !== "write" || record === undefined) return settled(decision);
    const stored = await writeUnlessChanged(() =>
      dynamics.write(record.id, record.etag, listing, { signal }),
    );
    if (stored !== undefined) return await confirm(database, claim, listing.version, stored);
    // Ours was not applied; and who changed the row may have hidden the mentor.
    isRefused = !wasInflight;
    round += 1;
  }
  throw new DynamicsError("The portal's row kept changing while it was being written.", {
    errorClass: "conflict",
    status: 412,
  });
}

/** A row that has only been given another key must not count as gone: it may be visible. */
async function find(
  database: Database,
  dynamics: DynamicsClient,
  claim: Claim,
  signal: AbortSignal | undefined,
): Promise<PortalRecord | undefined> {
  const record = await dynamics.read(claim.key, { signal });
  const knownId = record === undefined ? await knownRow(database, claim) : null;
  if (knownId === null) return record;
  if ((await dynamics.readById(knownId, { signal })) === undefined) return undefined;
  throw new DynamicsError("The mentor's row has another key in Dynamics now; correct it there.", {
    errorClass: "permanent",
  });
}

function settled(decision: Decision): Outcome {
  if (decision === "write" || decision === "read") {
    throw new Error(`${decision} was decided about a row that is not there`);
  }
  return decision;
}

/** Undefined if the row is not the one that was read. */
async function writeUnlessChanged(
  write: () => Promise<PortalRecord>,
): Promise<PortalRecord | undefined> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof DynamicsError && error.errorClass === "conflict") return undefined;
    throw error;
  }
}
