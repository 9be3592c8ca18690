import type { Task } from "graphile-worker";
import { z } from "zod";
import { hasCode, sentenceOf } from "../worker/database/errors.ts";
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
 * ledger and the facts decide what is left to do. A night that breaks off says so in the ledger and
 * is started again by the next tick, not by the queue, which would give up after a while.
 */
const task: Task<"nightly__run"> = async (payload, helpers) => {
  const { organizationId, runOn } = readPayload(payload);
  try {
    const run = await helpers.withPgClient((lock) =>
      helpers.withPgClient((work) =>
        runNightlyOn({ lock, work }, { organizationId, runOn, signal: helpers.abortSignal }),
      ),
    );
    helpers.logger.info(`nightly run ${run.runId} of ${run.runOn} is ${run.state}`);
  } catch (error) {
    if (hasCode(error, "MNRUN")) {
      helpers.logger.info(`nightly run of ${runOn} for ${organizationId} is in other hands`);
    } else if (hasCode(error, "MNNOT")) {
      throw error;
    } else {
      helpers.logger.error(
        `nightly run of ${runOn} for ${organizationId} broke off: ${sentenceOf(error)}`,
      );
    }
  }
};

/** A job that cannot be understood fails and stays in the queue, for a person to look at. */
function readPayload(payload: unknown): GraphileWorker.Tasks["nightly__run"] {
  const { success, data, error } = payloadSchema.safeParse(payload);
  if (success) return data;
  const problems = error.issues.map(
    ({ path, message }) => `${path.join(".") || "payload"}: ${message}`,
  );
  throw new Error(`nightly__run needs { organizationId, runOn }; ${problems.join("; ")}`);
}

export default task;
