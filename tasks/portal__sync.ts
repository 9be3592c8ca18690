import type { Task } from "graphile-worker";
import { sentenceOf } from "../worker/database/errors.ts";
import { DynamicsError } from "../worker/dynamics/errors.ts";
import { currentPortal } from "../worker/portal/portal.ts";

declare global {
  namespace GraphileWorker {
    interface Tasks {
      /** No payload: what is due stands in the listings. */
      portal__sync: unknown;
    }
  }
}

/**
 * Tells the portal what has changed (P2, P6). Woken by every commit that changes a listing and swept
 * by the crontab; it may run twice, at once, or die anywhere, because leases and wishes are rows.
 * What the portal refuses is in those rows, so the job itself never fails for it.
 */
const task: Task<"portal__sync"> = async (_payload, helpers) => {
  const portal = currentPortal();
  if (portal === undefined) {
    helpers.logger.debug("no portal is configured: the listings wait");
    return;
  }
  await helpers.query("select app_private.watch_portal()");
  try {
    const summary = await portal.sync(helpers, { signal: helpers.abortSignal });
    if (summary === undefined) return;
    const told = Object.entries(summary).filter(([, count]) => count > 0);
    if (told.length > 0) {
      const isWell = summary.failed + summary.postponed === 0;
      const sentence = `portal: ${told.map(([outcome, n]) => `${n} ${outcome}`).join(", ")}`;
      if (isWell) helpers.logger.info(sentence);
      else helpers.logger.warn(`${sentence}; see app_public.alerts and portal_attempts`);
    }
  } catch (error) {
    if (!(error instanceof DynamicsError)) throw error;
    helpers.logger.warn(`portal: ${sentenceOf(error)}`);
  }
  await helpers.query("select app_private.schedule_portal_sync()");
};

export default task;
