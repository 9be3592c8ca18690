import type { DynamicsClient } from "../dynamics/client.ts";
import { DynamicsError } from "../dynamics/errors.ts";
import { closeGate, throttledUntil } from "./ledger.ts";
import type { Database } from "./ledger.ts";

export interface CheckOptions {
  /** The environment that the configuration names, if it names one. */
  organizationId?: string | undefined;
  /**
   * With a token that was not cached: a cached one works on after its secret has expired (false). It
   * is so anyway while Entra is known to refuse the credentials.
   */
  fresh?: boolean;
  signal?: AbortSignal | undefined;
}

/**
 * What a check found: all right, another environment than it should be, no way in, or not tried
 * because the portal has asked us to wait.
 */
export type CheckResult =
  | { state: "passed" }
  | { state: "postponed"; until: Date }
  | { state: "wrong_environment"; problem: string }
  | { state: "failed"; error: DynamicsError };

/**
 * Logs in and compares the environment that answers with the one that is expected (P7). A refused
 * login raises its alert at once and keeps everybody from calling the portal for a minute.
 */
export async function checkPortal(
  database: Database,
  dynamics: DynamicsClient,
  options: CheckOptions = {},
): Promise<CheckResult> {
  const { organizationId, fresh = false, signal } = options;
  const until = await throttledUntil(database);
  if (until !== undefined) return { state: "postponed", until };
  const isFresh = fresh || (await areCredentialsRefused(database));
  try {
    const environment = await dynamics.whoAmI({ fresh: isFresh, signal });
    const { rows } = await database.query<{ problem: string | null }>(
      "select app_private.record_portal_check($1, $2, $3, $4) as problem",
      [
        environment.organizationId,
        organizationId ?? null,
        dynamics.credentialsExpireOn() ?? null,
        isFresh,
      ],
    );
    const problem = rows[0]?.problem ?? null;
    return problem === null ? { state: "passed" } : { state: "wrong_environment", problem };
  } catch (error) {
    if (!(error instanceof DynamicsError)) throw error;
    await closeGate(database, error);
    return { state: "failed", error };
  }
}

/** Until they are accepted again, only a fresh token says anything about them. */
async function areCredentialsRefused(database: Database): Promise<boolean> {
  const { rows } = await database.query<{ refused: boolean }>(
    "select app_private.are_portal_credentials_refused() as refused",
  );
  return rows[0]?.refused ?? false;
}
