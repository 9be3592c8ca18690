import { z } from "zod";
import { readApiConfig } from "./api/config.ts";
import type { ApiConfig } from "./api/config.ts";
import { readDynamicsConfig } from "./dynamics/config.ts";
import type { DynamicsConfig } from "./dynamics/config.ts";
import { readMailConfig } from "./mail/config.ts";
import type { MailConfig } from "./mail/config.ts";

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

const DATABASE_URL_LOOKS_LIKE =
  "must look like postgres://user:password@host:5432/database, " +
  "special characters in it written as %40 and the like";

const logLevel = z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(", ")}`).default("info");

const environment = z.object({
  DATABASE_URL: z
    .string(DATABASE_URL_LOOKS_LIKE)
    .refine(isConnectionString, DATABASE_URL_LOOKS_LIKE),
  LOG_LEVEL: logLevel,
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
  /** The API; undefined if nothing is said about the tokens of its callers. */
  api: ApiConfig | undefined;
}

/** Reads and checks the environment, once; an error names the variable and what it must look like. */
export function readConfig(variables: NodeJS.ProcessEnv = process.env): Config {
  const result = environment.safeParse(variables);
  const dynamics = readDynamicsConfig(variables);
  const mail = readMailConfig(variables);
  const hasApi = Boolean(variables["JWT_SECRET"] ?? variables["JWKS_URL"]);
  const api = hasApi ? readApiConfig(variables) : { config: undefined };
  const issues = result.error?.issues ?? [];
  const sentences = [
    ...issues.map((issue) => `${issue.path.join(".")} ${issue.message}`),
    ...(dynamics.problems ?? []),
    ...(mail.problems ?? []),
    ...("problems" in api ? (api.problems ?? []) : []),
  ];
  if (!result.success || sentences.length > 0) throw new Error(`${sentences.join("; ")}.`);
  return {
    databaseUrl: result.data.DATABASE_URL,
    logLevel: result.data.LOG_LEVEL,
    dynamics: dynamics.config,
    mail: mail.config,
    api: api.config,
  };
}

/** What a process needs that is the API and nothing else. */
export function readApiEnvironment(variables: NodeJS.ProcessEnv = process.env): {
  api: ApiConfig;
  logLevel: Config["logLevel"];
} {
  const level = logLevel.safeParse(variables["LOG_LEVEL"]);
  const api = readApiConfig(variables);
  const sentences = [
    ...(level.error?.issues ?? []).map(({ message }) => `LOG_LEVEL ${message}`),
    ...(api.problems ?? []),
  ];
  if (api.config === undefined || level.data === undefined || sentences.length > 0) {
    throw new Error(`${sentences.join("; ")}.`);
  }
  return { api: api.config, logLevel: level.data };
}
