import type { Task } from "graphile-worker";

declare global {
  namespace GraphileWorker {
    interface Tasks {
      /** No payload of ours; the crontab adds when it fired, which decides nothing. */
      nightly__tick: unknown;
    }
  }
}

/**
 * Records which organisations owe a nightly run now, in their own time zone, and wakes one job for
 * each (C1, C5, C9). The job key only saves work: two jobs for one run meet at its lock. Then lets
 * rosters follow a day that has begun (V1).
 */
const task: Task<"nightly__tick"> = async (_payload, helpers) => {
  const { rows } = await helpers.query<{ organization_id: string; run_on: string; state: string }>(
    `select r.organization_id, r.run_on::text, r.state
     from app_private.record_due_nightly_runs() as r`,
  );
  for (const { organization_id: organizationId, run_on: runOn, state } of rows) {
    helpers.logger.info(`nightly run of ${runOn} is due (${state}) for ${organizationId}`);
    await helpers.addJob(
      "nightly__run",
      { organizationId, runOn },
      { jobKey: `nightly__run:${organizationId}:${runOn}` },
    );
  }
  await helpers.query("select app_private.advance_roster(o.id) from app_public.organizations as o");
};

export default task;
