import { mailData } from "../mail/templates/render.ts";
import { wordsFor } from "./email.ts";
import { refuseUnwritten, unwritten, write } from "./ledger.ts";
import type { Database, Unwritten, Written } from "./ledger.ts";

export interface InboxSummary {
  written: number;
  /** Deliveries that cannot be put into words. */
  unspeakable: string[];
}

/**
 * Puts everything that waits for it into the inbox, in the words of the mails.
 * goesOn: asked before each batch.
 */
export async function writeInbox(database: Database, goesOn: () => boolean): Promise<InboxSummary> {
  const summary: InboxSummary = { written: 0, unspeakable: [] };
  while (goesOn()) {
    const batch = await unwritten(database);
    if (batch.length === 0) break;
    const written = batch.flatMap(toWritten);
    const told = new Set(written.map(({ deliveryId }) => deliveryId));
    const rest = batch.map(({ deliveryId }) => deliveryId).filter((id) => !told.has(id));
    if (written.length > 0) summary.written += await write(database, written);
    for (const id of rest) await refuseUnwritten(database, id);
    summary.unspeakable.push(...rest);
  }
  return summary;
}

function toWritten({ deliveryId, data }: Unwritten): Written[] {
  const result = mailData.safeParse(data);
  const words = result.success ? wordsFor(result.data) : undefined;
  return words === undefined ? [] : [{ deliveryId, subject: words.subject, body: words.text }];
}
