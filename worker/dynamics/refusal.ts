import { z } from "zod";
import { classify, codeOf } from "./classify.ts";
import type { DynamicsErrorClass } from "./errors.ts";
import { DynamicsError } from "./errors.ts";
import { parseJson } from "./http.ts";
import type { Answer } from "./http.ts";
import { retryAfterSeconds } from "./retry-after.ts";
import { scrub } from "./scrub.ts";

const SENTENCES: Record<DynamicsErrorClass, string> = {
  throttled: "Dataverse asks to wait, because of too many requests",
  auth: "Dataverse refuses the login; check that DYNAMICS_URL is the environment of the application user",
  config:
    "Dataverse does not understand the request; check DYNAMICS_URL, DYNAMICS_ENTITY_SET and the DYNAMICS_…_COLUMN variables",
  transient: "Dataverse is out of order at the moment; it is tried again",
  conflict: "The row in Dataverse has changed since it was read",
  missing: "Dataverse has no such row",
  permanent: "Dataverse refuses this row; somebody has to look at it in Dynamics",
};

const PRIVILEGE =
  "The application user's security role lacks a right; it needs Read and Write on the listing's table";
const DISABLED =
  "The application user is disabled in the environment; an administrator can enable it";
const NO_ETAGS =
  "The listing's table does not compare versions; optimistic concurrency has to be enabled for it";
const NO_COLUMN =
  "Dataverse does not know a column or cannot store its type; check the DYNAMICS_…_COLUMN variables";
const DUPLICATE = "Dataverse takes the row for a duplicate; it has to be resolved in Dynamics";
const NOT_STORABLE = "Dataverse refuses a value as too long or out of range";

/** Causes and cures that are known better than by the class. */
const SENTENCES_BY_CODE: Record<string, string> = {
  "0x80072560":
    "The application user is not a member of the environment; an administrator can add it, with a security role",
  "0x80040225": DISABLED,
  "0x8004d24b": DISABLED,
  "0x80040220": PRIVILEGE,
  "0x80048306": PRIVILEGE,
  "0x8006088a": "Dataverse has no such table; check DYNAMICS_ENTITY_SET",
  "0x80060883": NO_ETAGS,
  "0x8006088d": NO_ETAGS,
  "0x80048d19": NO_COLUMN,
  "0x80040237": DUPLICATE,
  "0x80060892": DUPLICATE,
  "0x80040333": DUPLICATE,
  "0x80044331": NOT_STORABLE,
  "0x8004431a": NOT_STORABLE,
  "0x80040265":
    "A plug-in of the environment refuses the row; somebody has to look at it in Dynamics",
};

const ERROR_ANSWER = z.object({
  error: z.object({
    code: z.string().catch(""),
    message: z.string().catch(""),
  }),
});

/** Makes an error of an answer that is not a success. */
export function dataverseRefusal(
  answer: Answer,
  request: { ofRow: boolean; requestId: string },
): DynamicsError {
  const { status, headers } = answer;
  const said = ERROR_ANSWER.safeParse(parseJson(answer.text)).data?.error;
  const code = codeOf(said?.code ?? "");
  const known = classify({ status, code, ofRow: request.ofRow });
  // A proxy or a page of maintenance may say 404 as well, and must not make a row count as gone.
  const errorClass = known === "missing" && said === undefined ? "transient" : known;
  const sentence =
    (errorClass === known ? SENTENCES_BY_CODE[code ?? ""] : undefined) ?? SENTENCES[errorClass];
  const reason = code === "0x80040265" ? scrub(said?.message ?? "") : "";
  const shown = code === undefined ? `${status}` : `${status}, ${code}`;
  return new DynamicsError(`${sentence} (${shown})${reason && `: ${reason.replace(/\.$/, "")}`}.`, {
    errorClass,
    status,
    code,
    retryAfterSeconds: retryAfterSeconds(headers.get("retry-after")),
    requestId: supportId(headers) ?? request.requestId,
  });
}

function supportId(headers: Headers): string | undefined {
  const id = headers.get("req_id") ?? headers.get("x-ms-service-request-id") ?? "";
  return /^[\w-]{1,64}$/.test(id) ? id : undefined;
}
