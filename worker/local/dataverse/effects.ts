import { dataverseError, html } from "./answers.ts";
import type { Answer, Incoming } from "./answers.ts";
import type { Fault } from "./faults.ts";
import { undeclaredProperty } from "./payload.ts";
import { rowMissing } from "./reads.ts";
import type { Dataverse } from "./representation.ts";
import { entraError } from "./tenant.ts";
import { missingPrivilege, unauthorized } from "./web-api.ts";
import type { Handling } from "./web-api.ts";
import { versionMismatch } from "./writes.ts";

/** What the client gets to see of an answer. */
export type Delivery =
  | { how: "send" | "truncate"; answer: Answer }
  | { how: "slow"; answer: Answer; everyMs: number }
  | { how: "pad"; answer: Answer; bytes: number }
  | { how: "drop" | "hang" };

/** A request that meets a fault. */
export interface Met {
  dataverse: Dataverse;
  /** Of the simulator. */
  url: string;
  request: Incoming;
  /** Does what the request asks for. */
  handle(handling?: Handling): Answer;
  /** Has a request handled when the client has long stopped waiting. */
  later(afterMs: number, work: () => Answer): void;
}

type Effect<Name> = Extract<Fault, { effect: Name }>;

/** What becomes of the request, which is handled or not, sooner or later. */
export function suffer(fault: Fault, met: Met): Delivery {
  // The compiler does not see that the entry under a fault's own name takes this fault.
  const become = OUTCOMES[fault.effect] as (fault: Fault, met: Met) => Delivery | Answer;
  const outcome = become(fault, met);
  return "how" in outcome ? outcome : { how: "send", answer: outcome };
}

/** An answer alone is one that arrives whole. */
const OUTCOMES: {
  [Name in Fault["effect"]]: (fault: Effect<Name>, met: Met) => Delivery | Answer;
} = {
  hang: () => ({ how: "hang" }),
  reset: () => ({ how: "drop" }),
  apply_then_drop: (_, met) => {
    met.handle();
    return { how: "drop" };
  },
  apply_late: ({ afterMs, answer = "drop" }, met) => {
    met.later(afterMs, () => met.handle());
    return { how: answer };
  },
  slow_body: ({ everyMs = 100 }, met) => ({
    how: "slow",
    answer: withBody(met.handle()),
    everyMs,
  }),
  truncate: (_, met) => ({ how: "truncate", answer: withBody(met.handle()) }),
  huge_body: ({ bytes = 50_000_000 }, met) => ({
    how: "pad",
    answer: withBody(met.handle()),
    bytes,
  }),
  lie: (_, met) => met.handle({ stores: false }),
  stale: (_, met) => met.handle({ showsPrevious: true }),
  empty_body: (_, met) => ({ ...withBody(met.handle()), body: "" }),
  bad_json: (_, met) => halved(withBody(met.handle())),
  bom: (_, met) => prefixed(withBody(met.handle())),
  html: ({ status }) => html(status, "<!DOCTYPE html><title>Sign in</title><h1>Sign in</h1>\n"),
  redirect: ({ location }) => ({ status: 302, headers: { Location: location } }),
  status: anyStatus,
  throttle: throttled,
  server_error: inTrouble,
  unauthorized: (_, met) =>
    isLogin(met)
      ? entraError(401, "invalid_client", 7_000_215, "Invalid client secret provided.")
      : unauthorized(met.url),
  forbidden: (_, met) =>
    isLogin(met)
      ? entraError(400, "unauthorized_client", 7_000_112, "The application is disabled.")
      : missingPrivilege(met.dataverse, met.request),
  reject_row: () =>
    dataverseError(400, "0x80040265", "A plug-in of the association refuses the row."),
  undeclared_property: (_, { dataverse: { columns } }) =>
    undeclaredProperty(columns.visible, columns).answer,
  gone: (_, met) => rowMissing(met.dataverse, { key: "" }),
  precondition: () => versionMismatch(),
};

const FACETS = {
  requests: {
    code: "0x80072322",
    message: "Number of requests exceeded the limit of 6000 over time window of 300 seconds.",
  },
  time: {
    code: "0x80072321",
    message:
      "Combined execution time of incoming requests exceeded limit of 1,200,000 milliseconds " +
      "over time window of 300 seconds. Decrease number of concurrent requests or reduce the " +
      "duration of requests and try again later.",
  },
  concurrency: {
    code: "0x80072326",
    message: "Number of concurrent requests exceeded the limit of 52.",
  },
};

function throttled(fault: Effect<"throttle">, met: Met): Answer {
  const { facet, retryAfter = "5" } = fault;
  const headers = waiting(retryAfter);
  if (isLogin(met)) {
    const sentence = "There have been too many requests.";
    return entraError(429, "temporarily_unavailable", 90_055, sentence, headers);
  }
  return dataverseError(429, FACETS[facet].code, FACETS[facet].message, headers);
}

function inTrouble({ status, retryAfter = null }: Effect<"server_error">, met: Met): Answer {
  const headers = waiting(retryAfter);
  if (isLogin(met)) {
    const sentence = "A transient error has occurred. Please try again.";
    return entraError(status, "temporarily_unavailable", 90_033, sentence, headers);
  }
  return dataverseError(status, "0x80044151", "SQL timeout expired.", headers);
}

function anyStatus(fault: Effect<"status">): Answer {
  const { status, code, message, body, headers, contentType } = fault;
  const isError = code !== undefined || message !== undefined;
  const worded = isError ? dataverseError(status, code ?? "", message ?? "") : undefined;
  const sent = body ?? worded?.body;
  return {
    status,
    headers: {
      ...worded?.headers,
      ...(contentType !== undefined && { "Content-Type": contentType }),
      ...headers,
    },
    ...(sent !== undefined && { body: sent }),
  };
}

function isLogin(met: Met): boolean {
  return met.request.kind === "token";
}

function waiting(retryAfter: string | null): Record<string, string> {
  return retryAfter === null ? {} : { "Retry-After": retryAfter };
}

/** An answer without a body gets one, for there must be something to spoil. */
function withBody(answer: Answer): Required<Answer> {
  if (answer.body !== undefined) return { ...answer, body: answer.body };
  const type = { "Content-Type": "application/json; odata.metadata=minimal" };
  return { status: 200, headers: { ...type, ...answer.headers }, body: "{}" };
}

function halved(answer: Required<Answer>): Answer {
  return { ...answer, body: answer.body.slice(0, Math.floor(answer.body.length / 2)) };
}

function prefixed(answer: Required<Answer>): Answer {
  return { ...answer, body: `\uFEFF${answer.body}` };
}
