import { z } from "zod";
import type { CallOptions, Connection, Identity } from "./client.ts";
import { DynamicsError } from "./errors.ts";
import { jsonOf, unusable } from "./web-api.ts";

const WHO_AM_I = z.object({
  OrganizationId: z.guid().toLowerCase(),
  UserId: z.guid().toLowerCase(),
});
const TABLES = z.object({
  value: z.array(z.object({ IsOptimisticConcurrencyEnabled: z.boolean() })),
});

export async function whoAmI(
  { base, call }: Connection,
  options: CallOptions & { fresh?: boolean | undefined },
): Promise<Identity> {
  const answer = await call({ method: "GET", url: `${base}WhoAmI`, ofRow: false }, options);
  const { success, data } = WHO_AM_I.safeParse(jsonOf(answer));
  if (!success) throw unusable(answer);
  return { organizationId: data.OrganizationId, userId: data.UserId };
}

export async function honoursEtags(
  { config, base, call }: Connection,
  options: CallOptions,
): Promise<boolean | undefined> {
  const filter = encodeURIComponent(`EntitySetName eq '${config.columns.entitySet}'`);
  const url = `${base}EntityDefinitions?$select=IsOptimisticConcurrencyEnabled&$filter=${filter}`;
  const answer = await call({ method: "GET", url, ofRow: false }, options).catch(
    undefinedIfForbidden,
  );
  if (answer === undefined) return undefined;
  const { success, data } = TABLES.safeParse(jsonOf(answer));
  if (!success) throw unusable(answer);
  return data.value[0]?.IsOptimisticConcurrencyEnabled;
}

function undefinedIfForbidden(error: unknown): undefined {
  if (!(error instanceof DynamicsError) || error.status !== 403) throw error;
}
