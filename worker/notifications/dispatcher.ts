import type { MailConfig } from "../mail/config.ts";
import type { SendResult } from "../mail/outcome.ts";
import type { Channel } from "./channel.ts";
import { Drain } from "./drain.ts";
import type { Outcome } from "./drain.ts";
import { openEmail } from "./email.ts";
import { writeInbox } from "./inbox.ts";
import { recover, resolveBatch } from "./ledger.ts";
import type { Database } from "./ledger.ts";

export interface DispatchOptions {
  /** No further step is begun after it, and mails under way are broken off. */
  signal?: AbortSignal | undefined;
  /** Told of every e-mail when it is done with. */
  onDelivery?: (deliveryId: string, outcome: Outcome, result: SendResult) => void;
}

/** What one call has done. Mails are counted by the call that has sent them. */
export type DispatchSummary = Record<Outcome, number> & {
  /** Leases of dispatchers that had died. */
  recovered: number;
  /** Notifications whose recipients were looked for. */
  resolved: number;
  /** Messages put into the inbox. */
  inbox: number;
  /** Messages for the inbox that have no words. */
  unspeakable: string[];
};

/**
 * Telling people, as one worker process does it: any number of jobs may ask, and one drain at a time
 * keeps the places of the mail server. Without one the inbox is written and e-mails wait.
 */
export class Dispatcher {
  readonly #email: Channel | undefined;
  #drain: Drain | undefined;
  #isAskedAgain = false;
  #isEnding = false;

  constructor(email: Channel | undefined) {
    this.#email = email;
  }

  get hasMail(): boolean {
    return this.#email !== undefined;
  }

  /** Tells everybody whatever is due (N1 to N5). What goes wrong with a mail is on its row. */
  async dispatch(database: Database, options: DispatchOptions = {}): Promise<DispatchSummary> {
    const { signal } = options;
    const summary: DispatchSummary = {
      recovered: await recover(database),
      resolved: 0,
      inbox: 0,
      unspeakable: [],
      sent: 0,
      failed: 0,
      released: 0,
      lost: 0,
    };
    const goesOn = () => !signal?.aborted;
    while (goesOn()) {
      const resolved = await resolveBatch(database);
      if (resolved === 0) break;
      summary.resolved += resolved;
    }
    const { written, unspeakable } = await writeInbox(database, goesOn);
    summary.inbox = written;
    summary.unspeakable = unspeakable;
    await this.#sendMails(database, {
      ...options,
      onDelivery: (deliveryId, outcome, result) => {
        summary[outcome] += 1;
        options.onDelivery?.(deliveryId, outcome, result);
      },
    });
    return summary;
  }

  /** Begins no more mails; those under way go on. */
  end(): void {
    this.#isEnding = true;
  }

  async close(): Promise<void> {
    this.end();
    await this.#email?.close();
  }

  async #sendMails(
    database: Database,
    { signal = new AbortController().signal, onDelivery = () => {} }: DispatchOptions,
  ): Promise<void> {
    if (this.#email === undefined) return;
    this.#isAskedAgain = true;
    if (this.#drain !== undefined) {
      this.#drain.grow();
      return;
    }
    const goesOn = () => !this.#isEnding;
    try {
      while (this.#isAskedAgain && goesOn() && !signal.aborted) {
        this.#isAskedAgain = false;
        this.#drain = new Drain(database, this.#email, { signal, goesOn, onDelivery });
        await this.#drain.run();
      }
    } finally {
      this.#drain = undefined;
    }
  }
}

let current = new Dispatcher(undefined);

/** The dispatcher of this process, for its tasks. */
export function currentDispatcher(): Dispatcher {
  return current;
}

/** A process has one mail server, or none. */
export function openDispatcher(config: MailConfig | undefined): Dispatcher {
  current = new Dispatcher(config && openEmail(config));
  return current;
}
