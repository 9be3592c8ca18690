import { randomBytes } from "node:crypto";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Who issues the tokens of the embedded database, and for whom. */
export const LOCAL_TOKENS = { issuer: "mentor-lifecycle-local", audience: "mentor-lifecycle" };

/**
 * The variables of an API for this machine alone: tokens are signed with a secret of its own, which
 * stays from one start to the next, and GraphiQL is open.
 */
export function localApiEnvironment(folder: string): Record<string, string> {
  return {
    JWT_SECRET: readLocalSecret(folder) ?? writeLocalSecret(folder),
    JWT_ISSUER: LOCAL_TOKENS.issuer,
    JWT_AUDIENCE: LOCAL_TOKENS.audience,
    GRAPHIQL: "on",
  };
}

/** The secret of the embedded database's API; undefined if it was never started. */
export function readLocalSecret(folder: string): string | undefined {
  try {
    return readFileSync(fileOf(folder), "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function writeLocalSecret(folder: string): string {
  const secret = randomBytes(48).toString("base64url");
  try {
    writeFileSync(fileOf(folder), `${secret}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    // Another npm start on the same data was faster.
    return readLocalSecret(folder) ?? secret;
  }
  chmodSync(fileOf(folder), 0o600);
  return secret;
}

function fileOf(folder: string): string {
  return join(folder, "jwt-secret");
}
