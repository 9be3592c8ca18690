import type { SendResult } from "../mail/outcome.ts";
import type { MailData } from "../mail/templates/data.ts";

/** One message to one person, before it has words. */
export interface Letter {
  /** `<…@…>`, the same for each attempt. */
  messageId: string;
  recipient: { name: string; address: string };
  organization: { slug: string; name: string };
  data: MailData;
}

/** A way out of this system, as the dispatcher sees it. */
export interface Channel {
  /** As the deliveries name it. */
  readonly name: string;
  /** How many letters it takes at once. */
  readonly places: number;
  /** What the ids of its messages end with. */
  readonly domain: string;
  /**
   * Puts a letter into words and hands it over. It never throws: whatever happens is in the result,
   * with the code EABORT if the signal came in between.
   */
  send(letter: Letter, signal: AbortSignal): Promise<SendResult>;
  /** Lets what is under way end. */
  close(): Promise<void>;
}
