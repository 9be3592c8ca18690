import { z } from "zod";
import { readDynamicsConfig } from "./dynamics/config.ts";
import type { DynamicsConfig } from "./dynamics/config.ts";
import { readMailConfig } from "./mail/config.ts";
import type { MailConfig } from "./mail/config.ts";

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

const DATABASE_URL_LOOKS_LIKE =
  "must look like postgres://user:password@host:5432/database, " +
  "special characters in it written as %40 and the like";

const environment = z.object({
  DATABASE_URL: z
    .string(DATABASE_URL_LOOKS_LIKE)
    .refine(isConnectionString, DATABASE_URL_LOOKS_LIKE),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(", ")}`).default("info"),
});

/** The driver's own complaint about a malformed address names neither the variable nor the cure. */
function isConnectionString(text: string): boolean {
  // Without a host the connection goes through a socket, which the address names elsewhere.
  return /^postgres(ql)?:\/\//.test(text) && URL.canParse(text.replace("@/", "@localhost/"));
}

export interface Config {
  /** Connection string of the owner of the database. */
  databaseUrl: string;
  /** From which level on the worker writes its log lines (info). */
  logLevel: (typeof LOG_LEVELS)[number];
  /** The portal's environment; undefined if there is none. */
  dynamics: DynamicsConfig | undefined;
  /** The mail server and the sender; undefined if there is none. */
  mail: MailConfig | undefined;
}

/** Reads and checks the environment, once; an error names the variable and what it must look like. */
export function readConfig(variables: NodeJS.ProcessEnv = process.env): Config {
  const result = environment.safeParse(variables);
  const dynamics = readDynamicsConfig(variables);
  const mail = readMailConfig(variables);
  const issues = result.error?.issues ?? [];
  const sentences = [
    ...issues.map((issue) => `${issue.path.join(".")} ${issue.message}`),
    ...(dynamics.problems ?? []),
    ...(mail.problems ?? []),
  ];
  if (!result.success || sentences.length > 0) throw new Error(`${sentences.join("; ")}.`);
  return {
    databaseUrl: result.data.DATABASE_URL,
    logLevel: result.data.LOG_LEVEL,
    dynamics: dynamics.config,
    mail: mail.config,
  };
}
