import type { SendResult } from "../mail/outcome.ts";
import { mailData } from "../mail/templates/render.ts";
import type { Channel } from "./channel.ts";
import { UNSPEAKABLE } from "./email.ts";
import { claim, recordPatiently, release } from "./ledger.ts";
import type { Claim, Database } from "./ledger.ts";

/**
 * released: we were asked to stop before it was handed over, or heard of it too late. lost: the lease
 * had ended, and somebody else has the delivery.
 */
export type Outcome = "sent" | "failed" | "released" | "lost";

/**
 * A lease runs from when it was given, not from when we hear of it: whoever was frozen in between, or
 * was answered late, would still be sending when somebody else has taken over.
 */
const CLAIM_PATIENCE_MS = 30_000;

const TOO_LATE: SendResult = { state: "failed", errorClass: "connection", code: "ELEASE" };

export interface DrainOptions {
  /** What is under way is broken off. */
  signal: AbortSignal;
  /** Asked before each delivery; after false what is under way is finished and none is begun. */
  goesOn: () => boolean;
  /** Told of every delivery when it is done with. */
  onDelivery: (deliveryId: string, outcome: Outcome, result: SendResult) => void;
}

/**
 * Sends what is due over a channel, in as many places as it has, until there is nothing for any of
 * them. Any number of processes may do this at once; the database hands out the deliveries.
 */
export class Drain {
  readonly #database: Database;
  readonly #channel: Channel;
  readonly #options: DrainOptions;
  readonly #ended = Promise.withResolvers<void>();
  #places = 0;
  #failures: unknown[] = [];

  constructor(database: Database, channel: Channel, options: DrainOptions) {
    this.#database = database;
    this.#channel = channel;
    this.#options = options;
  }

  async run(): Promise<void> {
    this.grow();
    if (this.#places > 0) await this.#ended.promise;
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  /** Takes up one more place, if there is one; it ends when it finds nothing to do. */
  grow(): void {
    if (this.#places === this.#channel.places || !this.#goesOn()) return;
    this.#places += 1;
    void this.#work();
  }

  /** One delivery after the other; whoever finds one lets somebody else look for the next. */
  async #work(): Promise<void> {
    try {
      while (this.#goesOn()) {
        const askedAt = Date.now();
        const claimed = await claim(this.#database, this.#channel.domain);
        if (claimed === undefined) break;
        if (Date.now() - askedAt > CLAIM_PATIENCE_MS) {
          await this.#giveBack(claimed);
          break;
        }
        this.grow();
        await this.#handle(claimed);
      }
    } catch (error) {
      // The others finish what they have begun, so that nothing goes on behind our back.
      this.#failures.push(error);
    }
    this.#places -= 1;
    if (this.#places === 0) this.#ended.resolve();
  }

  #goesOn(): boolean {
    const { signal, goesOn } = this.#options;
    return !signal.aborted && this.#failures.length === 0 && goesOn();
  }

  async #giveBack(claimed: Claim): Promise<void> {
    await release(this.#database, claimed);
    this.#options.onDelivery(claimed.deliveryId, "released", TOO_LATE);
  }

  async #handle(claimed: Claim): Promise<void> {
    const { signal, onDelivery } = this.#options;
    const result = await this.#send(claimed);
    const { deliveryId } = claimed;
    if (signal.aborted && isUntouched(result)) {
      await release(this.#database, claimed);
      onDelivery(deliveryId, "released", result);
      return;
    }
    const isOurs = await recordPatiently(this.#database, claimed, result, signal);
    onDelivery(deliveryId, isOurs ? result.state : "lost", result);
  }

  async #send(claimed: Claim): Promise<SendResult> {
    const parsed = mailData.safeParse(claimed.data);
    if (!parsed.success) return UNSPEAKABLE;
    const letter = {
      messageId: claimed.messageId,
      recipient: { name: claimed.recipientName, address: claimed.recipientAddress },
      organization: { slug: claimed.organizationSlug, name: claimed.organizationName },
      data: parsed.data,
    };
    return await this.#channel.send(letter, this.#options.signal);
  }
}

/** Whether it was our own stop, and came before the hand-over. */
function isUntouched(result: SendResult): boolean {
  return (
    result.state === "failed" && result.errorClass === "connection" && result.code === "EABORT"
  );
}
