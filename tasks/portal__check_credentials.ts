import type { Task } from "graphile-worker";
import { z } from "zod";
import { currentPortal } from "../worker/portal/portal.ts";

const payloadSchema = z.looseObject({ fresh: z.boolean().default(false) });

declare global {
  namespace GraphileWorker {
    interface Tasks {
      /** fresh: with a token that was not cached, once a day. */
      portal__check_credentials: z.input<typeof payloadSchema>;
    }
  }
}

/**
 * Logs in to the portal (P7): a refusal raises its alert at once, not when the next change of a
 * listing runs into it; an expiry to come is announced.
 */
const task: Task<"portal__check_credentials"> = async (payload, helpers) => {
  const portal = currentPortal();
  if (portal === undefined) return;
  const { fresh } = payloadSchema.parse(payload);
  const result = await portal.check(helpers, { fresh, signal: helpers.abortSignal });
  if (result.state === "failed") {
    helpers.logger.error(`portal login: ${result.error.message}`);
  } else if (result.state === "wrong_environment") {
    helpers.logger.error(`portal login: ${result.problem}`);
  } else if (result.state === "passed") {
    // Whoever waited for the login waits no longer.
    await helpers.query("select app_private.schedule_portal_sync()");
  }
};

export default task;
