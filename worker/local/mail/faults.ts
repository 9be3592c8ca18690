import { z } from "zod";

const stage = z.enum(["connect", "mail", "rcpt", "data"]);

/** Where in the conversation something happens: greeting, MAIL FROM, RCPT TO, or the message. */
export type Stage = z.output<typeof stage>;

/** Who meets a fault. */
const where = {
  /** How many sessions or mails meet it (1); in JSON also "forever". */
  times: z.union([z.literal("forever").transform(() => Infinity), z.int().min(1)]).optional(),
  /** Only mails to recipients with this text in their address; for the stages rcpt and data. */
  match: z.string().optional(),
};

const milliseconds = z.int().min(0);

/** A fault as JSON; `Fault` is the same for programs. */
export const faultInput = z
  .discriminatedUnion("effect", [
    z.strictObject({
      ...where,
      effect: z.literal("reply"),
      stage,
      /** The reply code, 4xx or 5xx. */
      code: z.int().min(400).max(599),
      /** What follows it, an enhanced code included. */
      message: z.string().regex(/^[ -~]*$/),
    }),
    /** No answer until the client gives up or the catcher stops. */
    z.strictObject({ ...where, effect: z.literal("hang"), stage }),
    /** The connection breaks instead of an answer; for data: in the middle of the message. */
    z.strictObject({ ...where, effect: z.literal("drop"), stage }),
    /** The connection breaks after the last byte of the message and before the 250. */
    z.strictObject({
      ...where,
      effect: z.literal("drop_at_end"),
      stage: z.literal("data"),
      stored: z.boolean(),
    }),
    /** The answer comes later. */
    z.strictObject({ ...where, effect: z.literal("slow"), stage, delayMs: milliseconds }),
    /** An answer that begins and never ends, one line each so often. */
    z.strictObject({
      ...where,
      effect: z.literal("trickle"),
      stage,
      everyMs: z.int().min(1),
    }),
  ])
  .refine(({ match, stage }) => match === undefined || stage === "rcpt" || stage === "data", {
    error: ({ input }) =>
      `At the stage ${(input as { stage: Stage }).stage} the recipient is not known yet.`,
  });

/** Something that goes wrong. */
export type Fault = z.output<typeof faultInput> & {
  /** Called when it takes effect; at the stage data, when the message has come. */
  onMet?: () => void;
};

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
