/**
 * What a failed call means for the one who made it.
 *
 * - throttled: too many requests; wait as long as is said, it is nobody's failure
 * - auth: the login is refused, by Entra or by Dataverse; it concerns every row
 * - config: address, table or column names are wrong; it concerns every row
 * - transient: outage, time-out, broken connection; try again
 * - conflict: the row has changed since it was read
 * - missing: there is no such row
 * - permanent: this one row is refused
 */
export type DynamicsErrorClass =
  "throttled" | "auth" | "config" | "transient" | "conflict" | "missing" | "permanent";

export interface DynamicsErrorDetails {
  errorClass: DynamicsErrorClass;
  /** HTTP status, if there was an answer. */
  status?: number | undefined;
  /** Dataverse's code (0x…), Entra's (AADSTS…), or the system's (ECONNREFUSED). */
  code?: string | undefined;
  /** How long to wait, if the answer says so. */
  retryAfterSeconds?: number | undefined;
  /** What Microsoft's support asks for. */
  requestId?: string | undefined;
}

/** A failed call to Entra or Dataverse. The message is a sentence without personal data or secrets. */
export class DynamicsError extends Error {
  override readonly name = "DynamicsError";
  readonly errorClass: DynamicsErrorClass;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly requestId: string | undefined;

  /** Whether it is about the login or the portal as a whole, and not about the row. */
  get concernsAll(): boolean {
    return ["throttled", "auth", "config"].includes(this.errorClass);
  }

  constructor(message: string, details: DynamicsErrorDetails, options?: ErrorOptions) {
    super(message, options);
    this.errorClass = details.errorClass;
    this.status = details.status;
    this.code = details.code;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.requestId = details.requestId;
  }
}
