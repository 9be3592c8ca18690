import { VISITOR } from "../database/grants.ts";
import type { ApiRequest } from "./request.ts";

/** A statement that takes longer is given up; a night of a large organisation may take its time. */
export const STATEMENT_TIMEOUT_MS = 15_000;
export const NIGHT_TIMEOUT_MS = 5 * 60_000;

/** Another transaction holds what we need for longer than a person likes to wait. */
const LOCK_TIMEOUT_MS = 5_000;

/** Settings of the transactions of a request: who asks, and how long it may take. */
export function settingsOf(
  { caller, organization }: Pick<ApiRequest, "caller" | "organization">,
  statementTimeout = STATEMENT_TIMEOUT_MS,
): Record<string, string> {
  const { subject = "", isService } = caller;
  return {
    role: VISITOR,
    statement_timeout: String(statementTimeout),
    lock_timeout: String(LOCK_TIMEOUT_MS),
    idle_in_transaction_session_timeout: String(statementTimeout),
    "mentor_lifecycle.subject": subject,
    "mentor_lifecycle.organization": organization,
    "mentor_lifecycle.service": isService ? "true" : "",
    // Whatever the session was given before: these are for operators.
    "mentor_lifecycle.actor": isService ? `service:${subject}` : "",
    "mentor_lifecycle.person_id": "",
    "mentor_lifecycle.as_of": "",
  };
}
