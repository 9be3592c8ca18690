import type { ListingColumns } from "../../dynamics/listing.ts";
import { CLIENT_ID, TENANT_ID } from "./tenant.ts";
import type { Simulator } from "./types.ts";

/** As the association's environment may call them. */
export const HLF_COLUMNS: ListingColumns = {
  entitySet: "contacts",
  id: "contactid",
  key: "hlf_likepersonnr",
  visible: "hlf_synlig",
  visibleUntil: "hlf_synligtil",
  version: "hlf_kildeversjon",
};

export const ORGANIZATION_ID = "66666666-ffff-4fff-8fff-666666666666";

/** The variables of the worker's environment that lead it to the simulator. */
export function environmentOf(
  simulator: Pick<Simulator, "url" | "tokenEndpoint">,
  secret: string,
  columns: ListingColumns,
): Record<string, string> {
  return {
    DYNAMICS_URL: simulator.url,
    DYNAMICS_TENANT_ID: TENANT_ID,
    DYNAMICS_CLIENT_ID: CLIENT_ID,
    DYNAMICS_CLIENT_SECRET: secret,
    DYNAMICS_TOKEN_ENDPOINT: simulator.tokenEndpoint,
    DYNAMICS_ENTITY_SET: columns.entitySet,
    DYNAMICS_ID_COLUMN: columns.id,
    DYNAMICS_KEY_COLUMN: columns.key,
    DYNAMICS_VISIBLE_COLUMN: columns.visible,
    DYNAMICS_VISIBLE_UNTIL_COLUMN: columns.visibleUntil,
    ...(columns.version !== undefined && { DYNAMICS_VERSION_COLUMN: columns.version }),
  };
}
