import { describe, expect } from "vitest";
import { withClient } from "../../worker/database/pool.ts";
import { start } from "../support/command.ts";
import { test } from "../support/database.ts";
import { aftermath } from "../support/nightly/aftermath.ts";
import { ledger, runNight } from "../support/nightly/runs.ts";
import {
  NIGHT,
  WORK_DONE,
  anOrganizationWithWork,
  eventually,
  inTheNight,
  jobs,
  untilBlockedBy,
  withStuckNight,
} from "../support/nightly/stage.ts";
import { violationsOf } from "../support/outcomes.ts";

const MAIN = "worker/main.ts";

describe("C2: a worker that is asked to stop in the middle of a night", () => {
  test.for(["SIGTERM", "SIGINT"] as const)(
    "finishes it and ends with 0, on %s",
    async (signal, { fresh }) => {
      const url = await fresh();
      await inTheNight(url, async (client) => {
        const { id } = await anOrganizationWithWork(client);
        await withStuckNight(url, async ({ untilStuck, release }) => {
          const worker = start(MAIN, [], { DATABASE_URL: url });
          await untilStuck();
          const ended = worker.kill(signal);
          await worker.says(/running jobs are finished first/);
          await release();
          expect(await ended).toMatchObject({ status: 0, signal: null, stdout: "" });
        });

        expect(await ledger(client, id)).toMatchObject([
          { state: "succeeded", attempt: 1, ...WORK_DONE },
        ]);
        expect(await jobs(client)).toEqual([]);
      });
    },
  );

  test("and while it still starts, takes no job and ends with 0", async ({ fresh }) => {
    const url = await fresh();
    await inTheNight(url, async (client) => {
      await anOrganizationWithWork(client);
      await client.query("begin; lock table graphile_worker._private_known_crontabs");
      const worker = start(MAIN, [], { DATABASE_URL: url });
      await untilBlockedBy(client);

      const ended = worker.kill("SIGTERM");
      await client.query("rollback");

      expect(await ended).toMatchObject({ status: 0, signal: null });
      for (const { locked_by } of await jobs(client)) expect(locked_by).toBeNull();
    });
  });
});

describe("C2, C5: a worker that is killed in the middle of a night", () => {
  test.for([
    { name: "and what it was writing is lost", isLost: true },
    { name: "and what it was writing still arrives", isLost: false },
  ])(
    "$name: the next one finishes it at once, with the same result",
    async ({ isLost }, { fresh }) => {
      const url = await fresh();
      await inTheNight(url, async (client) => {
        const { id } = await anOrganizationWithWork(client);
        const twin = await anOrganizationWithWork(client);
        await runNight(client, twin.id, NIGHT);
        await withStuckNight(url, async ({ untilStuck, release }) => {
          const worker = start(MAIN, [], { DATABASE_URL: url });
          const pid = await untilStuck();
          expect(await worker.kill("SIGKILL")).toMatchObject({ signal: "SIGKILL" });
          if (isLost) await client.query("select pg_terminate_backend($1)", [pid]);
          await release();
        });
        expect(await ledger(client, id)).toMatchObject([{ state: "running", attempt: 1 }]);
        expect(await jobs(client)).toMatchObject([{ locked_by: expect.any(String) }]);

        const next = start(MAIN, [], { DATABASE_URL: url });
        await eventually(async () => {
          expect(await ledger(client, id)).toMatchObject([{ state: "succeeded", attempt: 2 }]);
        });
        expect(await next.kill("SIGTERM")).toMatchObject({ status: 0 });

        expect(await ledger(client, id)).toMatchObject([WORK_DONE]);
        expect(await aftermath(client, id)).toEqual(await aftermath(client, twin.id));
        expect(await violationsOf(client, id, NIGHT)).toEqual([]);
      });
    },
  );
});

describe("C9: a worker that cannot work ends with 1 and one sentence that has no password", () => {
  test.for<{ name: string; environment: Record<string, string>; says: RegExp }>([
    { name: "without DATABASE_URL", environment: {}, says: /^worker: DATABASE_URL must look like/ },
    {
      name: "with an address that nobody answers",
      environment: { DATABASE_URL: "postgres://mentor:s3cret@127.0.0.1:1/mentor" },
      says: /^worker: The database of DATABASE_URL does not answer/,
    },
    {
      name: "with an unknown level of logging",
      environment: {
        DATABASE_URL: "postgres://mentor:s3cret@127.0.0.1:1/mentor",
        LOG_LEVEL: "all",
      },
      says: /^worker: LOG_LEVEL must be one of/,
    },
  ])("$name", async ({ environment, says }) => {
    const { status, stdout, stderr } = await start(MAIN, [], environment).ended;

    expect(status).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toMatch(says);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).not.toContain("s3cret");
  });

  test("on a database that was never migrated", async ({ fresh }) => {
    const url = await fresh({ empty: true });

    const { status, stderr } = await start(MAIN, [], { DATABASE_URL: url }).ended;

    expect(status).toBe(1);
    expect(stderr).toMatch(/^worker: The database is not up to date .*npm run migrate first\.\n$/);
  });

  test("when its task runner has ended by itself", async ({ fresh }) => {
    const url = await fresh();
    const worker = start(MAIN, [], { DATABASE_URL: url });
    await worker.says(/Worker connected/);
    await withClient(url, (client) =>
      eventually(async () => {
        await client.query("select pg_notify('worker:migrate', $1)", [
          JSON.stringify({ breaking: true, migrationNumber: 99 }),
        ]);
        expect(worker.hasSaid(/unsafe to continue/)).toBe(true);
      }),
    );

    const { status, stderr } = await worker.ended;

    expect(status).toBe(1);
    expect(stderr).toContain("worker: The task runner has ended");
  });
});
