/** Where in the conversation something happens: greeting, MAIL FROM, RCPT TO, or the message. */
export type Stage = "connect" | "mail" | "rcpt" | "data";

interface Common {
  /** How many sessions or mails meet it (1); Infinity for ever. */
  times?: number;
  /** Only mails to recipients with this text in their address; for the stages rcpt and data. */
  match?: string;
  /** Called when it takes effect; at the stage data, when the message has come. */
  onMet?: () => void;
}

/** Something that goes wrong. */
export type Fault = Common &
  (
    | {
        effect: "reply";
        stage: Stage;
        /** The reply code, 4xx or 5xx. */
        code: number;
        /** What follows it, an enhanced code included. */
        message: string;
      }
    /** No answer until the client gives up or the catcher stops. */
    | { effect: "hang"; stage: Stage }
    /** The connection breaks instead of an answer; for data: in the middle of the message. */
    | { effect: "drop"; stage: Stage }
    /** The connection breaks after the last byte of the message and before the 250. */
    | { effect: "drop_at_end"; stage: "data"; stored: boolean }
    /** The answer comes later. */
    | { effect: "slow"; stage: Stage; delayMs: number }
    /** An answer that begins and never ends, one line each so often. */
    | { effect: "trickle"; stage: Stage; everyMs: number }
  );

interface Queued {
  fault: Fault;
  left: number;
}

/** The faults to come; the first that fits is met. */
export class FaultQueue {
  #queued: Queued[] = [];

  inject(fault: Fault): void {
    if (fault.match !== undefined && (fault.stage === "connect" || fault.stage === "mail")) {
      throw new Error(`At the stage ${fault.stage} the recipient is not known yet.`);
    }
    this.#queued.push({ fault, left: fault.times ?? 1 });
  }

  clear(): void {
    this.#queued = [];
  }

  take(stage: Stage, recipients: string[] = []): Fault | undefined {
    const met = this.#queued.find(
      ({ fault: { match, ...fault } }) =>
        fault.stage === stage &&
        (match === undefined || recipients.some((recipient) => recipient.includes(match))),
    );
    if (met === undefined) return undefined;
    met.left -= 1;
    this.#queued = this.#queued.filter(({ left }) => left > 0);
    return met.fault;
  }
}
