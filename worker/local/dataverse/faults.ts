import { z } from "zod";
import type { RequestKind } from "./types.ts";

const ON = ["any", "token", "whoami", "read", "write", "list", "other"] as const;

/** Which requests meet a fault. */
const where = {
  on: z.enum(ON),
  /** Only requests about this mentor's row. */
  key: z.string().optional(),
  /** How many requests meet it (1); in JSON also "forever". */
  times: z.union([z.literal("forever").transform(() => Infinity), z.int().min(1)]).optional(),
  /** How many requests pass first (0). */
  skip: z.int().min(0).optional(),
  /** Each request meets it only with this probability (1). */
  probability: z.number().min(0).max(1).optional(),
};

const seconds = z.string().nullable().optional();
const milliseconds = z.int().min(0);

/** A fault as JSON; `Fault` is the same for programs. */
export const faultInput = z.discriminatedUnion("effect", [
  /** Any answer; with `code` or `message` it is an error as Dataverse words it. */
  z.strictObject({
    ...where,
    effect: z.literal("status"),
    status: z.int().min(200).max(599),
    code: z.string().optional(),
    message: z.string().optional(),
    headers: z.record(z.string(), z.string()).optional(),
    body: z.string().optional(),
    contentType: z.string().optional(),
  }),
  /** 429. Without `retryAfter` five seconds are said, with null nothing is. */
  z.strictObject({
    ...where,
    effect: z.literal("throttle"),
    facet: z.enum(["requests", "time", "concurrency"]),
    retryAfter: seconds,
  }),
  /** 401 */
  z.strictObject({ ...where, effect: z.literal("unauthorized") }),
  /** 403, a privilege is missing. */
  z.strictObject({ ...where, effect: z.literal("forbidden") }),
  z.strictObject({
    ...where,
    effect: z.literal("server_error"),
    status: z.literal([408, 500, 502, 503, 504]),
    retryAfter: seconds,
  }),
  /** A page of a proxy where JSON was expected. */
  z.strictObject({
    ...where,
    effect: z.literal("html"),
    status: z.int().min(200).max(599),
  }),
  /** 302 */
  z.strictObject({ ...where, effect: z.literal("redirect"), location: z.string() }),
  /** No answer until the client gives up or the simulator stops; nothing is applied. */
  z.strictObject({ ...where, effect: z.literal("hang") }),
  /** The answer comes byte by byte, one each so often (100 ms). */
  z.strictObject({
    ...where,
    effect: z.literal("slow_body"),
    everyMs: milliseconds.optional(),
  }),
  /** The connection breaks before anything is applied. */
  z.strictObject({ ...where, effect: z.literal("reset") }),
  /** The connection breaks after the request was applied. */
  z.strictObject({ ...where, effect: z.literal("apply_then_drop") }),
  /** The client learns nothing, and later the request is evaluated, If-Match too, and applied. */
  z.strictObject({
    ...where,
    effect: z.literal("apply_late"),
    afterMs: milliseconds,
    /** What the client meets meanwhile ("drop"). */
    answer: z.enum(["drop", "hang"]).optional(),
  }),
  /** Success is answered, nothing is stored. */
  z.strictObject({ ...where, effect: z.literal("lie") }),
  /** Rows are shown as before their last change, ETag too; with `forMs`, to all for that long. */
  z.strictObject({ ...where, effect: z.literal("stale"), forMs: milliseconds.optional() }),
  /** Fewer bytes than announced. */
  z.strictObject({ ...where, effect: z.literal("truncate") }),
  z.strictObject({ ...where, effect: z.literal("empty_body") }),
  /** The answer and so many spaces after it (50,000,000). */
  z.strictObject({ ...where, effect: z.literal("huge_body"), bytes: z.int().min(1).optional() }),
  /** Half the answer. */
  z.strictObject({ ...where, effect: z.literal("bad_json") }),
  /** A byte order mark before the answer. */
  z.strictObject({ ...where, effect: z.literal("bom") }),
  /** 400, a plug-in aborts the request. */
  z.strictObject({ ...where, effect: z.literal("reject_row") }),
  /** 400, a column is not there. */
  z.strictObject({ ...where, effect: z.literal("undeclared_property") }),
  /** 404, no row has the key. */
  z.strictObject({ ...where, effect: z.literal("gone") }),
  /** 412, the row has changed. */
  z.strictObject({ ...where, effect: z.literal("precondition") }),
]);

/** Something that goes wrong: which requests, how often, and what happens to them. */
export type Fault = z.output<typeof faultInput> & {
  /** Numbers from 0 to 1 for `probability`; without it a sequence that is the same in each run. */
  random?: () => number;
};

interface Queued {
  fault: Fault;
  toSkip: number;
  left: number;
  /** Milliseconds since 1970. */
  endsAt: number;
  random: () => number;
}

/** The faults to come; the first that fits a request is met by it. */
export class FaultQueue {
  #queued: Queued[] = [];

  inject(fault: Fault): void {
    const lastsFor = fault.effect === "stale" ? fault.forMs : undefined;
    this.#queued.push({
      fault,
      toSkip: fault.skip ?? 0,
      left: fault.times ?? (lastsFor === undefined ? 1 : Infinity),
      endsAt: lastsFor === undefined ? Infinity : Date.now() + lastsFor,
      random: fault.random ?? repeatableRandom(),
    });
  }

  clear(): void {
    this.#queued = [];
  }

  take(kind: RequestKind, key: string | undefined): Fault | undefined {
    const now = Date.now();
    this.#queued = this.#queued.filter(({ endsAt }) => now < endsAt);
    const met = this.#queued.find((queued) => meets(queued, kind, key));
    if (met === undefined) return undefined;
    met.left -= 1;
    this.#queued = this.#queued.filter(({ left }) => left > 0);
    return met.fault;
  }
}

function meets(queued: Queued, kind: RequestKind, key: string | undefined): boolean {
  const { fault } = queued;
  if (fault.on !== "any" && fault.on !== kind) return false;
  if (fault.key !== undefined && fault.key !== key) return false;
  if (queued.toSkip > 0) {
    queued.toSkip -= 1;
    return false;
  }
  return fault.probability === undefined || queued.random() < fault.probability;
}

/** A generator of Lehmer's, with its usual constants and always the same start. */
function repeatableRandom(): () => number {
  let state = 20_260_101;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
