import { expect } from "vitest";
import type { Listing, PortalRecord } from "../../../worker/dynamics/listing.ts";
import { claimListing, confirm, decide } from "../../../worker/portal/ledger.ts";
import type { Claim } from "../../../worker/portal/ledger.ts";
import type { PortalStage } from "../dataverse.ts";
import type { ListedMentor } from "./mentors.ts";

/** A worker that stopped when it had decided and not yet written, and may wake up at any time. */
export interface Zombie {
  claim: Claim;
  listing: Listing;
  record: PortalRecord;
  /** Its write arrives, under the ETag that it knows. */
  write(): Promise<PortalRecord>;
  /** Its write arrives, as it would under `If-Match: *`. */
  writeBlindly(): Promise<PortalRecord>;
  /** It tells the database what the portal has stored. */
  confirm(stored: PortalRecord): Promise<"written" | "failed" | "lost">;
  /** Somebody else may take the listing over. */
  leaseEnds(): Promise<void>;
}

/** Goes the way of the sync by hand, with connections and a login of its own, up to the write. */
export async function aZombie(portal: PortalStage, mentor: ListedMentor): Promise<Zombie> {
  const { pool, client } = portal.aHand();
  const claim = await claimListing(pool, [mentor.id]);
  if (claim === undefined) throw new Error(`${mentor.key} cannot be claimed`);
  const record = claim.remembered ?? (await client.read(mentor.key));
  const isRemembered = claim.remembered !== null;
  const { decision, listing } = await decide(pool, claim, { record, isRemembered });
  expect(decision).toBe("write");
  if (record === undefined) throw new Error("write was decided about a row that is not there");
  return {
    claim,
    listing,
    record,
    write: () => client.write(record.id, record.etag, listing),
    writeBlindly: async () => {
      const { etag } = (await client.read(mentor.key))!;
      return await client.write(record.id, etag, listing);
    },
    confirm: (stored) => confirm(pool, claim, listing.version, stored),
    leaseEnds: async () => {
      await pool.query(
        "update app_public.portal_listings set lease_until = now() where mentor_id = $1",
        [mentor.id],
      );
    },
  };
}
