import type { Task } from "graphile-worker";
import { z } from "zod";

const payloadSchema = z.looseObject({ thorough: z.boolean().default(false) });

declare global {
  namespace GraphileWorker {
    interface Tasks {
      /** thorough: looks at whole tables too, once a day. */
      watchdog__check: z.input<typeof payloadSchema>;
    }
  }
}

/**
 * Asks what should have happened and did not (C6, F4), and, thoroughly, what happened twice (C7). What
 * it finds are alerts, which close themselves when the cause has gone.
 */
const task: Task<"watchdog__check"> = async (payload, helpers) => {
  const { thorough } = payloadSchema.parse(payload ?? {});
  await helpers.query("select app_private.watch_nights()");
  if (thorough) await helpers.query("select app_private.watch_duplicates()");
};

export default task;
