import { randomBytes } from "node:crypto";
import pg from "pg";
import type { Logger } from "pino";
import { isSafeError } from "postgraphile/grafast";
import { GraphQLError } from "postgraphile/graphql";
import { pseudonymOf } from "./caller.ts";
import { currentRequest } from "./request.ts";
import { isUnavailable } from "./transactions.ts";
import type { Unavailable } from "./transactions.ts";

/** What a client is told of an error: a sentence for a person, a code for a program. */
interface Told {
  message: string;
  code: string;
  detail?: string | undefined;
  hint?: string | undefined;
  constraint?: string | undefined;
}

/** Codes that say that somebody tried what he may not do. */
const DENIED = new Set(["MNDEN", "FORBIDDEN"]);

/**
 * What leaves the house of an error. Refusals of our own rules (MN…) go out as they are; what clients
 * can do something about gets a code of its own; everything else becomes an id that the log has.
 */
export function maskErrors(logger: Logger): (error: GraphQLError) => GraphQLError {
  // What goes wrong once goes wrong for every row of a page.
  const known = new WeakMap<Error, Told>();
  return (error) => {
    const { originalError } = error;
    if (!(originalError instanceof Error) || originalError instanceof GraphQLError) {
      return withCode(error);
    }
    if (isSafeError(originalError)) {
      const { statusCode: _, ...extensions } = originalError.extensions ?? {};
      return replace(error, originalError.message, { code: "INVALID_ARGUMENT", ...extensions });
    }
    let told = known.get(originalError);
    if (told === undefined) {
      told = toldOf(originalError) ?? hide(originalError, error, logger);
      known.set(originalError, told);
      if (DENIED.has(told.code)) {
        logger.warn({ ...circumstances(error), code: told.code }, "denied");
      }
    }
    const { message, ...extensions } = isWithin(error) ? sayOfPart(told) : told;
    return replace(error, message, extensions);
  };
}

/** What is wrong with a request itself has a code too. */
export function withCode(error: GraphQLError): GraphQLError {
  error.extensions["code"] ??= "INVALID_REQUEST";
  return error;
}

/** Whether it is about something within an answer, which is read after a command has been done. */
function isWithin({ path }: GraphQLError): boolean {
  return (path?.length ?? 0) > 1;
}

/** "Nothing was changed" is true of this part alone, and would be taken for the whole command. */
function sayOfPart(told: Told): Told {
  const message = OF_A_PART[told.code];
  if (message === undefined) return told;
  return {
    ...told,
    message,
    hint: "If it belongs to a command, the command was done: read again what is missing.",
  };
}

const OF_A_PART: Record<string, string> = {
  BUSY: "This part could not be read: somebody else is changing the same data.",
  TIMEOUT: "This part could not be read: it took too long.",
  UNAVAILABLE: "This part could not be read: the database cannot be reached at the moment.",
};

function replace(
  { nodes, source, positions, path }: GraphQLError,
  message: string,
  extensions: object,
): GraphQLError {
  const given = Object.entries(extensions).filter(([, value]) => value !== undefined);
  return new GraphQLError(message, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
    extensions: Object.fromEntries(given),
  });
}

/** Who and what, without anybody's name or data. */
function circumstances({ path }: GraphQLError): Record<string, unknown> {
  const request = currentRequest();
  return {
    field: path?.find((step) => typeof step === "string"),
    operation: request?.operation,
    caller: request === undefined ? undefined : pseudonymOf(request.caller),
  };
}

/** Neither the message nor the detail of an error is logged: PostgreSQL puts rows into both. */
function hide(cause: Error, error: GraphQLError, logger: Logger): Told {
  const errorId = randomBytes(6).toString("hex");
  const where =
    cause instanceof pg.DatabaseError
      ? {
          sqlstate: cause.code,
          constraint: cause.constraint,
          table: cause.table,
          routine: cause.routine,
        }
      : { error_name: cause.name, stack: cause.stack?.match(/^ +at .*$/gm)?.slice(0, 8) };
  logger.error({ ...circumstances(error), error_id: errorId, ...where }, "unexpected error");
  return {
    message: `Something went wrong here; the log knows more under ${errorId}.`,
    code: "INTERNAL",
    detail: `error_id=${errorId}`,
  };
}

function toldOf(error: Error): Told | undefined {
  if (isUnavailable(error)) return unavailable(error);
  if (!(error instanceof pg.DatabaseError)) return undefined;
  const { code = "", message, detail, hint } = error;
  if (/^MN[A-Z]{3}$/.test(code)) return { message, code, detail, hint };
  return SENTENCES[code]?.(error);
}

function unavailable({ mayHaveHappened, isBusy }: Unavailable): Told {
  if (isBusy) {
    return {
      message: "No connection to the database was free in time; nothing was changed.",
      code: "UNAVAILABLE",
      hint: "Try again in a moment.",
    };
  }
  return mayHaveHappened
    ? {
        message: "The connection to the database broke before it answered.",
        code: "UNAVAILABLE",
        hint: "It may have been done or not. Repeat it with the same requestId: then it happens once.",
      }
    : {
        message: "The database cannot be reached at the moment; nothing was changed.",
        code: "UNAVAILABLE",
        hint: "Try again in a moment.",
      };
}

function invalid(message: string, constraint?: string): Told {
  return { message, code: "INVALID_ARGUMENT", constraint };
}

/** The type, which PostgreSQL names before the value: of that nothing is repeated. */
function unreadable({ message }: pg.DatabaseError): Told {
  const type = /\btype ([a-z]+)\b/.exec(message)?.[1];
  return invalid(
    type === undefined ? "A value cannot be read." : `A value is not a valid ${type}.`,
  );
}

function outOfRange(): Told {
  return invalid("A value is too large, too small or too long.");
}

function busy(): Told {
  return {
    message: "Somebody else is changing the same data.",
    code: "BUSY",
    hint: "Nothing was changed. Try again in a moment.",
  };
}

/** Constraints are named by sentences: their name says what has to hold. */
function sentenceOf(constraint: string | undefined): string {
  return (constraint ?? "a rule").replaceAll("_", " ");
}

const SENTENCES: Record<string, (error: pg.DatabaseError) => Told> = {
  // statement_timeout
  "57014": () => ({
    message: "It took too long and was given up; nothing was changed.",
    code: "TIMEOUT",
    hint: "Ask for less at once, or try again later.",
  }),
  // lock_timeout, deadlock, serialization
  "55P03": busy,
  "40P01": busy,
  "40001": busy,
  "42501": () => ({ message: "You are not permitted to see or do this.", code: "FORBIDDEN" }),
  "23514": ({ constraint }) =>
    invalid(`A value is not possible: ${sentenceOf(constraint)}.`, constraint),
  "23502": ({ column }) =>
    invalid(`A value is missing${column === undefined ? "" : `: ${column}`}.`),
  "23503": ({ constraint }) => invalid("It refers to something that there is not.", constraint),
  "23505": ({ constraint }) => ({
    message: `There is one already: ${sentenceOf(constraint)}.`,
    code: "CONFLICT",
    constraint,
  }),
  "23P01": ({ constraint }) => ({
    message: `It overlaps with one that there is already: ${sentenceOf(constraint)}.`,
    code: "CONFLICT",
    constraint,
  }),
  "22P02": unreadable,
  "22007": unreadable,
  "22008": unreadable,
  "22021": () => invalid("A text holds characters that are no text."),
  "22P05": () => invalid("A text holds characters that are no text."),
  "22001": outOfRange,
  "22003": outOfRange,
};
