import pg from "pg";

/** Whether a database error carries this SQLSTATE; the only place where codes are compared. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof pg.DatabaseError && error.code === code;
}

/**
 * An error in one plain sentence for a person: what the database or the program says, its hint, and
 * the code to look up in docs/errors.md. A refused connection to a host with several addresses is
 * several errors without a message of their own.
 */
export function sentenceOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(sentenceOf).join("; ");
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof pg.DatabaseError)) return error.message;
  const hint = error.hint === undefined ? "" : ` ${error.hint}`;
  return `${error.message.replace(/\.?$/, ".")}${hint} (${error.code})`;
}
