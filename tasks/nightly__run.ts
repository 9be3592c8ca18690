import type { Task } from "graphile-worker";
import { z } from "zod";
import { hasCode } from "../worker/database/errors.ts";
import { runNightlyOn } from "../worker/nightly/run.ts";

const payloadSchema = z.object({ organizationId: z.uuid(), runOn: z.iso.date() });

declare global {
  namespace GraphileWorker {
    interface Tasks {
      /** runOn is the organisation's local date, yyyy-mm-dd. */
      nightly__run: z.infer<typeof payloadSchema>;
    }
  }
}

/**
 * Runs one organisation's night (C1, C2). It may run twice, at once, or die anywhere: the lock, the
 * ledger and the facts decide what is left to do.
 */
const task: Task<"nightly__run"> = async (payload, helpers) => {
  const { organizationId, runOn } = payloadSchema.parse(payload);
  try {
    const run = await helpers.withPgClient((lock) =>
      helpers.withPgClient((work) =>
        runNightlyOn({ lock, work }, { organizationId, runOn, signal: helpers.abortSignal }),
      ),
    );
    helpers.logger.info(`nightly run ${run.runId} of ${run.runOn} is ${run.state}`);
  } catch (error) {
    if (!hasCode(error, "MNRUN")) throw error;
    helpers.logger.info(`nightly run of ${runOn} for ${organizationId} is in other hands`);
  }
};

export default task;
