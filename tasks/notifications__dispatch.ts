import type { Task } from "graphile-worker";
import { currentDispatcher } from "../worker/notifications/dispatcher.ts";
import type { DispatchSummary } from "../worker/notifications/dispatcher.ts";
import { schedule, watch } from "../worker/notifications/ledger.ts";

declare global {
  namespace GraphileWorker {
    interface Tasks {
      /** No payload: what is to be told stands in the notifications. */
      notifications__dispatch: unknown;
    }
  }
}

/**
 * Tells people what they are to know (N1 to N5). Woken by every commit that writes a notification and
 * swept by the crontab; it may run twice, at once, or die anywhere, because deliveries are rows with
 * leases. What a mail server refuses is on those rows, so the job itself never fails for it.
 */
const task: Task<"notifications__dispatch"> = async (_payload, helpers) => {
  const dispatcher = currentDispatcher();
  const summary = await dispatcher.dispatch(helpers, {
    signal: helpers.abortSignal,
    onDelivery: (deliveryId, outcome, result) => {
      if (outcome === "lost") {
        helpers.logger.warn(`notifications: the lease of delivery ${deliveryId} was lost`);
      } else if (result.state === "failed" && result.code === "ERENDER") {
        helpers.logger.error(`notifications: there are no words for delivery ${deliveryId}`);
      }
    },
  });
  for (const deliveryId of summary.unspeakable) {
    helpers.logger.error(`notifications: there are no words for delivery ${deliveryId}`);
  }
  const sentence = sentenceOf(summary);
  if (summary.failed + summary.recovered > 0) {
    helpers.logger.warn(`${sentence}; see app_public.alerts and notification_attempts`);
  } else if (sentence !== "") helpers.logger.info(sentence);
  await watch(helpers);
  await schedule(helpers, dispatcher.hasMail);
};

function sentenceOf(summary: DispatchSummary): string {
  const told = Object.entries(summary).filter(([, n]) => typeof n === "number" && n > 0);
  if (told.length === 0) return "";
  return `notifications: ${told.map(([what, n]) => `${String(n)} ${what}`).join(", ")}`;
}

export default task;
