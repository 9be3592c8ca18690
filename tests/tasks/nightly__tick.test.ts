import { describe, expect } from "vitest";
import tick from "../../tasks/nightly__tick.ts";
import { test } from "../support/database.ts";
import { ledger, startNight } from "../support/nightly/runs.ts";
import {
  NIGHT,
  WORK_DONE,
  addJob,
  anOrganizationWithWork,
  inTheNight,
  jobs,
  runDueJobs,
} from "../support/nightly/stage.ts";
import { violationsOf } from "../support/outcomes.ts";

/** What the crontab does every five minutes, and everything that follows. */
async function tickOnce(url: string, client: Parameters<typeof addJob>[0]): Promise<void> {
  await addJob(client, "nightly__tick");
  await runDueJobs(url);
}

const onlyTick = { nightly__tick: tick };

describe("C1, C9: a tick runs the nights that are due", () => {
  test("each on the organisation's own date, and none before its hour", async ({ fresh }) => {
    const url = await fresh();
    await inTheNight(url, async (client) => {
      // 00:30 UTC is 02:30 in Oslo, 20:30 of the day before in New York, and too early in UTC.
      const oslo = await anOrganizationWithWork(client, { timeZone: "Europe/Oslo" });
      const newYork = await anOrganizationWithWork(client, { timeZone: "America/New_York" });
      const utc = await anOrganizationWithWork(client, { timeZone: "UTC" });

      await tickOnce(url, client);

      expect(await ledger(client, oslo.id)).toMatchObject([
        { run_on: NIGHT, state: "succeeded", attempt: 1, ...WORK_DONE },
      ]);
      // There it is still 30 June: the last valid day, and nobody's return.
      expect(await ledger(client, newYork.id)).toMatchObject([
        { run_on: "2026-06-30", state: "succeeded", paused_count: 0, resumed_count: 0 },
      ]);
      expect(await ledger(client, utc.id)).toEqual([]);
      expect(await jobs(client)).toEqual([]);
    });
  });

  test("whatever the crontab or a person has put into its payload", async ({ fresh }) => {
    const url = await fresh();
    await inTheNight(url, async (client) => {
      const { id } = await anOrganizationWithWork(client);

      await addJob(client, "nightly__tick", { _cron: { ts: "1999-01-01", backfilled: true } });
      await addJob(client, "nightly__tick", "junk");
      await runDueJobs(url);

      expect(await ledger(client, id)).toMatchObject([{ run_on: NIGHT, ...WORK_DONE }]);
      expect(await jobs(client)).toEqual([]);
    });
  });
});

describe("C2: ticks may come twice", () => {
  test("two ticks before the run leave one job", async ({ fresh }) => {
    const url = await fresh();
    await inTheNight(url, async (client) => {
      const { id } = await anOrganizationWithWork(client);

      for (let time = 1; time <= 2; time += 1) {
        await addJob(client, "nightly__tick");
        await runDueJobs(url, onlyTick);
      }

      const queue = await jobs(client);
      expect(
        queue.filter(({ task_identifier }) => task_identifier !== "portal__sync"),
      ).toMatchObject([
        { task_identifier: "nightly__run", key: `nightly__run:${id}:${NIGHT}`, attempts: 0 },
      ]);
    });
  });

  test("a tick after the run starts nothing", async ({ fresh }) => {
    const url = await fresh();
    await inTheNight(url, async (client) => {
      const { id } = await anOrganizationWithWork(client);
      await tickOnce(url, client);

      await addJob(client, "nightly__tick");
      await runDueJobs(url, onlyTick);

      expect(await jobs(client)).toEqual([]);
      expect(await ledger(client, id)).toMatchObject([{ attempt: 1 }]);
    });
  });
});

test("V1 a tick lets rosters follow a day that has begun, before any night", async ({ fresh }) => {
  const url = await fresh();
  await inTheNight(url, async (client) => {
    const { id } = await anOrganizationWithWork(client);
    await client.query(
      "update app_private.roster_positions set recompute_on = $2, full_name = 'Yesterday' where organization_id = $1",
      [id, NIGHT],
    );

    await addJob(client, "nightly__tick");
    await runDueJobs(url, onlyTick);

    const violations = await violationsOf(client, id, NIGHT);
    expect(violations.filter(({ invariant }) => invariant === "roster_follows_facts")).toEqual([]);
    const { rows } = await client.query(
      "select from app_private.roster_positions where full_name = 'Yesterday'",
    );
    expect(rows).toEqual([]);
  });
});

describe("C5: a night that did not finish is taken up by the next tick", () => {
  test("when its job was deleted from the queue", async ({ fresh }) => {
    const url = await fresh();
    await inTheNight(url, async (client) => {
      const { id } = await anOrganizationWithWork(client);
      await addJob(client, "nightly__tick");
      await runDueJobs(url, onlyTick);
      await client.query("delete from graphile_worker._private_jobs");
      expect(await ledger(client, id)).toMatchObject([{ state: "planned" }]);

      await tickOnce(url, client);

      expect(await ledger(client, id)).toMatchObject([{ state: "succeeded", ...WORK_DONE }]);
    });
  });

  test("when it failed, doing the rest and nothing twice", async ({ fresh }) => {
    const url = await fresh();
    await inTheNight(url, async (client) => {
      const { id } = await anOrganizationWithWork(client);
      await client.query(
        "alter function app_private.finish_nightly_run(uuid, integer) rename to out_of_order",
      );
      await tickOnce(url, client);
      expect(await ledger(client, id)).toMatchObject([
        { state: "failed", explanation: expect.stringContaining("finish_nightly_run") },
      ]);
      expect(await jobs(client), "the next tick is its next attempt").toEqual([]);

      await client.query(
        "alter function app_private.out_of_order(uuid, integer) rename to finish_nightly_run",
      );
      await tickOnce(url, client);

      expect(await ledger(client, id)).toMatchObject([
        { state: "succeeded", attempt: 2, explanation: null, ...WORK_DONE },
      ]);
      expect(await jobs(client)).toEqual([]);
      expect(await violationsOf(client, id, NIGHT)).toEqual([]);
    });
  });

  test("when the process that ran it has died, with its jobs locked", async ({ fresh }) => {
    const url = await fresh();
    await inTheNight(url, async (client) => {
      const { id } = await anOrganizationWithWork(client);
      await addJob(client, "nightly__tick");
      await runDueJobs(url, onlyTick);
      await client.query(
        "update graphile_worker._private_jobs set locked_by = 'pool-dead', locked_at = now(), attempts = 1",
      );
      await startNight(client, id, NIGHT);
      expect(await ledger(client, id)).toMatchObject([{ state: "running", attempt: 1 }]);

      await tickOnce(url, client);

      expect(await ledger(client, id)).toMatchObject([
        { state: "succeeded", attempt: 2, ...WORK_DONE },
      ]);
    });
  });

  test("but not while another process is at it", async ({ fresh }) => {
    const url = await fresh();
    await inTheNight(url, async (client) => {
      const { id } = await anOrganizationWithWork(client);
      await client.query("begin");
      await client.query("select app_private.lock_nightly_run($1)", [id]);

      await inTheNight(url, async (other) => await tickOnce(url, other));

      expect(await ledger(client, id)).toMatchObject([{ state: "planned", attempt: 0 }]);
      expect(await jobs(client), "which is no failure").toEqual([]);
      await client.query("commit");
      await tickOnce(url, client);
      expect(await ledger(client, id)).toMatchObject([{ state: "succeeded", ...WORK_DONE }]);
    });
  });
});

test("C11: a night that waits for approval is left to people by later ticks", async ({ fresh }) => {
  const url = await fresh();
  await inTheNight(url, async (client) => {
    const settings = { brake_minimum: 0, brake_share: 0 };
    const { id } = await anOrganizationWithWork(client, { settings });

    for (let time = 1; time <= 3; time += 1) await tickOnce(url, client);

    expect(await ledger(client, id)).toMatchObject([{ state: "needs_approval", attempt: 1 }]);
    expect(await jobs(client)).toEqual([]);
  });
});
