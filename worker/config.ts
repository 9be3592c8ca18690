import { z } from "zod";

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

const environment = z.object({
  DATABASE_URL: z
    .string("must look like postgres://user:password@host:5432/database")
    .regex(/^postgres(ql)?:\/\//, "must look like postgres://user:password@host:5432/database"),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(", ")}`).default("info"),
});

export interface Config {
  /** Connection string of the owner of the database. */
  databaseUrl: string;
  /** From which level on the worker writes its log lines (info). */
  logLevel: (typeof LOG_LEVELS)[number];
}

/** Reads and checks the environment, once; an error names the variable and what it must look like. */
export function readConfig(variables: NodeJS.ProcessEnv = process.env): Config {
  const result = environment.safeParse(variables);
  if (!result.success) {
    const sentences = result.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`);
    throw new Error(`${sentences.join("; ")}.`);
  }
  return { databaseUrl: result.data.DATABASE_URL, logLevel: result.data.LOG_LEVEL };
}
