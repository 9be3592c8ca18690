import { runOnce } from "graphile-worker";
import type { TaskList } from "graphile-worker";
import type pg from "pg";
import { pino } from "pino";
import { vi } from "vitest";
import { workerPreset as preset } from "../../../worker/preset.ts";
import { createPool, withClient } from "../../../worker/database/pool.ts";
import { graphileLogger } from "../../../worker/logger.ts";
import { aMentor, anOrganization, transaction } from "../builders.ts";
import type { Organization } from "../builders.ts";

/*
 * Nights that the worker runs, on a database of the test's own: processes take the time from the
 * database and not from the machine, so that a test knows what day it is.
 */

/** Half past two in the night in Oslo; the default hour of a run is one. */
export const NIGHT = "2026-07-01";
export const IN_THE_NIGHT = "2026-07-01T00:30:00Z";

/** What the rules take for now, in every connection that is made from now on. */
export async function setDatabaseClock(url: string, instant: string): Promise<void> {
  await withClient(url, async (client) => {
    const { pathname } = new URL(url);
    await client.query(
      `alter database ${pathname.slice(1)} set mentor_lifecycle.as_of = '${instant}'`,
    );
  });
}

/**
 * An organisation with a night's work: one whose certification has just expired, one who is to be
 * reminded, one who returns, and one to be left alone.
 */
export async function anOrganizationWithWork(
  client: pg.ClientBase,
  overrides: Parameters<typeof anOrganization>[1] = {},
): Promise<Organization> {
  return await transaction(client, async () => {
    const organization = await anOrganization(client, overrides);
    await client.query("update app_public.certification_types set name = 'Course' where id = $1", [
      organization.typeId,
    ]);
    await aMentor(client, organization, { mentorKey: "lapsed", expiresOn: "2026-06-30" });
    await aMentor(client, organization, { mentorKey: "reminded", expiresOn: "2026-07-31" });
    await aMentor(client, organization, {
      mentorKey: "returning",
      status: "paused",
      expectedReturnOn: NIGHT,
      expiresOn: "2027-06-30",
    });
    await aMentor(client, organization, { mentorKey: "alone", expiresOn: "2027-06-30" });
    return organization;
  });
}

/** The counts of the night of such an organisation. */
export const WORK_DONE = {
  paused_count: 1,
  reminded_count: 1,
  resumed_count: 1,
  hidden_count: 1,
  shown_count: 1,
  unchanged_count: 1,
  failed_count: 0,
};

/** A connection to a database whose clock stands in the night, closed after the work. */
export async function inTheNight<Result>(
  url: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  await setDatabaseClock(url, IN_THE_NIGHT);
  return await withClient(url, work, "mentor-lifecycle-tests");
}

/** Runs every job that is due, with the project's own tasks unless others are given. */
export async function runDueJobs(url: string, taskList?: TaskList): Promise<void> {
  const pgPool = createPool(url, { max: 12 });
  try {
    await runOnce(
      {
        preset,
        pgPool,
        noHandleSignals: true,
        logger: graphileLogger(pino({ level: "silent" })),
      },
      taskList,
    );
  } finally {
    await pgPool.end();
  }
}

export async function addJob(
  client: pg.ClientBase,
  task: string,
  payload: unknown = {},
): Promise<void> {
  await client.query("select from graphile_worker.add_job($1, $2::json)", [
    task,
    JSON.stringify(payload),
  ]);
}

export interface JobRow {
  task_identifier: string;
  key: string | null;
  attempts: number;
  locked_by: string | null;
  last_error: string | null;
}

/** Every job of the nights, the oldest first. The commits of their facts queue others. */
export async function jobs(client: pg.ClientBase): Promise<JobRow[]> {
  const { rows } = await client.query<JobRow>(
    `select j.task_identifier, j.key, j.attempts, j.locked_by, j.last_error
     from graphile_worker.jobs as j
     where j.task_identifier like 'nightly%'
     order by j.id`,
  );
  return rows;
}

/** Waits until the condition, which throws as long as it is not met, holds. */
export async function eventually<Result>(
  condition: () => Promise<Result>,
  { timeout = 50_000 }: { timeout?: number } = {},
): Promise<Result> {
  return await vi.waitFor(condition, { timeout, interval: 20 });
}

/** Waits until another process waits for a lock of this connection; returns its backend's number. */
export async function untilBlockedBy(client: pg.ClientBase): Promise<number> {
  return await eventually(async () => {
    // Not from pg_stat_activity, of which a transaction sees one moment only.
    const { rows } = await client.query<{ pid: number }>(
      `select l.pid
       from pg_locks as l
       where not l.granted
         and pg_backend_pid() = any (pg_blocking_pids(l.pid))`,
    );
    if (rows[0] === undefined) throw new Error("nobody waits");
    return rows[0].pid;
  });
}

/**
 * Lets the work begin while nothing can be written to the pauses: a night that starts meanwhile
 * stands still in the middle of its batch, as `untilStuck` tells, until `release` is called.
 */
export async function withStuckNight<Result>(
  url: string,
  work: (stage: {
    untilStuck: () => Promise<number>;
    release: () => Promise<void>;
  }) => Promise<Result>,
): Promise<Result> {
  return await withClient(
    url,
    async (client) => {
      await client.query("begin; lock table app_public.mentor_pauses in share mode");
      const release = async () => {
        await client.query("rollback");
      };
      return await work({ untilStuck: () => untilBlockedBy(client), release });
    },
    "mentor-lifecycle-tests",
  );
}
