import type { Task } from "graphile-worker";
import { z } from "zod";
import { currentPortal } from "../worker/portal/portal.ts";
import { reconcilePortal } from "../worker/portal/reconcile.ts";

const payloadSchema = z.looseObject({ acceptsShare: z.boolean().default(false) });

declare global {
  namespace GraphileWorker {
    interface Tasks {
      /** acceptsShare: a person accepts that an unusual share differs. */
      portal__reconcile: z.input<typeof payloadSchema>;
    }
  }
}

/**
 * Reads the portal back and compares (P3), nightly and on demand. A portal that cannot be read fails
 * the job, which tries again; nothing is concluded meanwhile.
 */
const task: Task<"portal__reconcile"> = async (payload, helpers) => {
  const portal = currentPortal();
  if (portal === undefined) return;
  const { acceptsShare } = payloadSchema.parse(payload);
  await portal.require(helpers, helpers.abortSignal);
  const result = await reconcilePortal(helpers, portal.client, {
    acceptsShare,
    signal: helpers.abortSignal,
  });
  const { state, comparedCount, differingCount, explanation } = result;
  helpers.logger.info(
    `portal reconciliation ${state}: ${differingCount} of ${comparedCount} differ. ${explanation}`,
  );
};

export default task;
