import pg from "pg";

/** Whether a database error carries this SQLSTATE. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof pg.DatabaseError && error.code === code;
}

/** Undefined table, function, schema and column. */
const NOT_MIGRATED = new Set(["42P01", "42883", "3F000", "42703"]);

/** Unique and exclusion violation, deadlock: what two writers at once run into. */
const OVERTAKEN = new Set(["23505", "23P01", "40P01"]);

/**
 * An error in one plain sentence for a person: what the database or the program says, its hint, and
 * the code to look up in docs/errors.md. A refused connection to a host with several addresses is
 * several errors without a message of their own.
 */
export function sentenceOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(sentenceOf).join("; ");
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof pg.DatabaseError)) return sentenceOfSystem(error);
  if (NOT_MIGRATED.has(error.code ?? "")) {
    return `The database is not up to date (${error.message}); run npm run migrate first.`;
  }
  if (OVERTAKEN.has(error.code ?? "") && error.hint === undefined) {
    return `Somebody changed the same data meanwhile; run the command again (${error.message}).`;
  }
  const hint = error.hint === undefined ? "" : ` ${error.hint}`;
  return `${error.message.replace(/\.?$/, ".")}${hint} (${error.code})`;
}

function sentenceOfSystem({ code, path, message, syscall }: NodeJS.ErrnoException): string {
  // Others have taken the system's code into an error with a sentence of its own.
  if (syscall === undefined) return message;
  if (code === "ENOENT") return `There is no file ${path}.`;
  if (code === "EISDIR") return "The path is a folder; give the path of a file.";
  if (code === "ECONNREFUSED") {
    return `The database of DATABASE_URL does not answer (${message}); is it running?`;
  }
  return message;
}
