import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseCrontab } from "graphile-worker";
import type pg from "pg";
import { describe, expect } from "vitest";
import { projectRoot } from "../../worker/database/root.ts";
import { aftermath } from "../support/nightly/aftermath.ts";
import { ledger, runNight } from "../support/nightly/runs.ts";
import {
  NIGHT,
  WORK_DONE,
  addJob,
  anOrganizationWithWork,
  eventually,
  inTheNight,
  jobs,
  withStuckNight,
} from "../support/nightly/stage.ts";
import { violationsOf } from "../support/outcomes.ts";
import { test } from "../support/worker.ts";

async function untilNightIsDone(client: pg.Client, organizationId: string): Promise<void> {
  await eventually(async () => {
    expect(await ledger(client, organizationId)).toMatchObject([{ state: "succeeded" }]);
    expect(await jobs(client)).toEqual([]);
  });
}

async function connectionsOfWorkers(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ connections: number }>(
    `select count(*)::integer as connections
     from pg_stat_activity as a
     where a.datname = current_database()
       and a.pid <> pg_backend_pid()`,
  );
  return rows[0]?.connections ?? 0;
}

/** Sooner than the pool would close idle connections by itself, after ten seconds. */
async function untilAllHaveLeft(client: pg.Client): Promise<void> {
  const condition = async () => expect(await connectionsOfWorkers(client)).toBe(0);
  await eventually(condition, { timeout: 30_000 });
}

describe("C5, C9: at its start a worker", () => {
  test("runs what is due at once, also when it is the first start ever", async ({
    fresh,
    aWorker,
  }) => {
    const url = await fresh();
    await inTheNight(url, async (client) => {
      const { id } = await anOrganizationWithWork(client);

      await aWorker(url);
      await untilNightIsDone(client, id);

      expect(await ledger(client, id)).toMatchObject([
        { run_on: NIGHT, attempt: 1, state: "succeeded", ...WORK_DONE },
      ]);
    });
  });

  test("takes up the night whose jobs were deleted from the queue", async ({ fresh, aWorker }) => {
    const url = await fresh();
    await inTheNight(url, async (client) => {
      const { id } = await anOrganizationWithWork(client);
      await client.query("select from app_private.record_due_nightly_runs()");
      expect(await jobs(client)).toEqual([]);

      await aWorker(url);
      await untilNightIsDone(client, id);

      expect(await ledger(client, id)).toMatchObject([{ attempt: 1, ...WORK_DONE }]);
    });
  });

  test("sets back a schedule that a clock in the future has stopped, and says so", async ({
    fresh,
    aWorker,
  }) => {
    const url = await fresh();
    await inTheNight(url, async (client) => {
      await client.query(
        `insert into graphile_worker._private_known_crontabs
           (identifier, known_since, last_execution)
         values ('nightly', now() - interval '1 year', now() + interval '1 year')`,
      );

      const worker = await aWorker(url);

      const { rows } = await client.query(
        `select k.last_execution <= now() as may_fire, k.known_since < now() - interval '1 day' as kept
         from graphile_worker._private_known_crontabs as k
         where k.identifier = 'nightly'`,
      );
      expect(rows).toEqual([{ may_fire: true, kept: true }]);
      expect(worker.entries()).toContainEqual(
        expect.objectContaining({ level: "error", identifier: "nightly" }),
      );
    });
  });
});

describe("C2: at its stop a worker", () => {
  test("lets the night that it runs finish, and leaves no job locked", async ({
    fresh,
    aWorker,
  }) => {
    const url = await fresh();
    await inTheNight(url, async (client) => {
      const { id } = await anOrganizationWithWork(client);
      await withStuckNight(url, async ({ untilStuck, release }) => {
        const worker = await aWorker(url);
        await untilStuck();

        let isStopped = false;
        const stopped = worker.stop().then(() => (isStopped = true));
        await eventually(async () => {
          expect(worker.entries()).toContainEqual(
            expect.objectContaining({ msg: expect.stringMatching(/graceful shutdown/i) }),
          );
        });
        expect(isStopped).toBe(false);
        await release();
        await stopped;
      });

      expect(await ledger(client, id)).toMatchObject([
        { state: "succeeded", attempt: 1, ...WORK_DONE },
      ]);
      expect(await jobs(client)).toEqual([]);
    });
  });

  test("gives back a job that fails in that moment", async ({ fresh, aWorker }) => {
    const url = await fresh();
    await inTheNight(url, async (client) => {
      await anOrganizationWithWork(client);
      await withStuckNight(url, async ({ untilStuck }) => {
        const worker = await aWorker(url);
        const pid = await untilStuck();
        const stopped = worker.stop();
        await client.query("select pg_cancel_backend($1)", [pid]);
        await stopped;
      });

      for (const { locked_by } of await jobs(client)) expect(locked_by).toBeNull();
    });
  });

  test("leaves no connection behind, twenty times over", async ({ fresh, aWorker }) => {
    const url = await fresh();
    await inTheNight(url, async (client) => {
      const { id } = await anOrganizationWithWork(client);

      for (let time = 1; time <= 20; time += 1) {
        const worker = await aWorker(url);
        await worker.stop();
      }

      await untilAllHaveLeft(client);
      for (const { locked_by } of await jobs(client)) expect(locked_by).toBeNull();
      expect((await ledger(client, id)).length).toBeLessThanOrEqual(1);
    });
  });
});

test("C2: two workers at once run a night once", async ({ fresh, aWorker }) => {
  const url = await fresh();
  await inTheNight(url, async (client) => {
    const { id } = await anOrganizationWithWork(client);
    const twin = await anOrganizationWithWork(client);
    await runNight(client, twin.id, NIGHT);

    await Promise.all([aWorker(url), aWorker(url)]);
    for (let job = 1; job <= 8; job += 1) {
      await addJob(client, "nightly__run", { organizationId: id, runOn: NIGHT });
    }
    await untilNightIsDone(client, id);

    expect(await ledger(client, id)).toMatchObject([WORK_DONE]);
    expect(await aftermath(client, id)).toEqual(await aftermath(client, twin.id));
    expect(await violationsOf(client, id, NIGHT)).toEqual([]);
  });
});

test("a worker that ends by itself says so, and closes its connections when stopped", async ({
  fresh,
  aWorker,
}) => {
  const url = await fresh();
  await inTheNight(url, async (client) => {
    const worker = await aWorker(url);
    const exitCode = process.exitCode;
    await eventually(async () => {
      await client.query("select pg_notify('worker:migrate', $1)", [
        JSON.stringify({ breaking: true, migrationNumber: 99 }),
      ]);
      expect(worker.lines.join("")).toMatch(/unsafe to continue/);
    });

    await expect(worker.ended).rejects.toThrow("The task runner has ended");
    await worker.stop();
    // graphile-worker has set it, for a process of its own.
    process.exitCode = exitCode;

    await untilAllHaveLeft(client);
  });
});

describe("X2, C9: the crontab", () => {
  test.for([
    { identifier: "nightly", task: "nightly__tick", times: 288 },
    { identifier: "notifications_dispatch", task: "notifications__dispatch", times: 1_440 },
    { identifier: "portal_sync", task: "portal__sync", times: 1_440 },
    { identifier: "portal_credentials", task: "portal__check_credentials", times: 288 },
    { identifier: "portal_credentials_fresh", task: "portal__check_credentials", times: 1 },
    { identifier: "portal_reconcile", task: "portal__reconcile", times: 1 },
  ])("fires $task $times times a day, as $identifier", async ({ identifier, task, times }) => {
    const items = parseCrontab(await readFile(join(projectRoot, "crontab"), "utf8"));
    const item = items.find((item) => item.identifier === identifier);

    const firing = Array.from({ length: 1_440 }, (_, minute) => ({
      hour: Math.floor(minute / 60),
      min: minute % 60,
    })).filter(({ hour, min }) => item?.match({ hour, min, date: 15, month: 3, dow: 0 }));

    expect(item).toMatchObject({ task });
    expect(firing).toHaveLength(times);
  });

  test("is known to the database as soon as a worker has started", async ({ fresh, aWorker }) => {
    const url = await fresh();
    await inTheNight(url, async (client) => {
      await aWorker(url);

      await eventually(async () => {
        const { rows } = await client.query(
          "select k.identifier from graphile_worker._private_known_crontabs as k",
        );
        expect(rows).toContainEqual({ identifier: "nightly" });
      });
    });
  });
});
