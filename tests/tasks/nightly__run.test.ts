import { randomUUID } from "node:crypto";
import { describe, expect } from "vitest";
import { withClient } from "../../worker/database/pool.ts";
import { test } from "../support/database.ts";
import { aftermath } from "../support/nightly/aftermath.ts";
import { ledger, runNight } from "../support/nightly/runs.ts";
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

describe("a job that cannot be understood fails, says why, and stays in the queue", () => {
  const organizationId = randomUUID();

  test.for([
    { name: "no object", payload: "junk", says: /payload: / },
    { name: "nothing in it", payload: {}, says: /organizationId: .*runOn: / },
    { name: "no id", payload: { organizationId: "hlf", runOn: NIGHT }, says: /organizationId: / },
    {
      name: "an impossible date",
      payload: { organizationId, runOn: "2026-02-30" },
      says: /runOn: /,
    },
    { name: "a time", payload: { organizationId, runOn: `${NIGHT}T01:00:00Z` }, says: /runOn: / },
    {
      name: "an unknown organisation",
      payload: { organizationId, runOn: NIGHT },
      says: /organisation/,
    },
  ])("$name", async ({ payload, says }, { databaseUrl }) => {
    await withClient(databaseUrl, async (client) => {
      await client.query("delete from graphile_worker._private_jobs");

      await addJob(client, "nightly__run", payload);
      await runDueJobs(databaseUrl);

      const left = await jobs(client);
      expect(left).toMatchObject([
        { task_identifier: "nightly__run", attempts: 1, locked_by: null },
      ]);
      expect(left[0]?.last_error).toMatch(says);
    });
  });
});

describe("C1, C2: a run", () => {
  test("does the night's work once, however many jobs ask for it", async ({ fresh }) => {
    const url = await fresh();
    await inTheNight(url, async (client) => {
      const { id } = await anOrganizationWithWork(client);
      const twin = await anOrganizationWithWork(client);
      await runNight(client, twin.id, NIGHT);

      for (let job = 1; job <= 6; job += 1) {
        await addJob(client, "nightly__run", { organizationId: id, runOn: NIGHT });
      }
      await runDueJobs(url);
      await addJob(client, "nightly__run", { organizationId: id, runOn: NIGHT });
      await runDueJobs(url);

      expect(await ledger(client, id)).toMatchObject([{ state: "succeeded", ...WORK_DONE }]);
      expect(await aftermath(client, id)).toEqual(await aftermath(client, twin.id));
      expect(await violationsOf(client, id, NIGHT)).toEqual([]);
      expect(await jobs(client)).toEqual([]);
    });
  });

  test("C5: of a date that a later night has covered changes nothing and says so", async ({
    fresh,
  }) => {
    const url = await fresh();
    await inTheNight(url, async (client) => {
      const { id } = await anOrganizationWithWork(client);
      await runNight(client, id, NIGHT);
      const before = await aftermath(client, id);

      await addJob(client, "nightly__run", { organizationId: id, runOn: "2026-06-30" });
      await runDueJobs(url);

      expect(await ledger(client, id)).toMatchObject([
        { run_on: "2026-06-30", state: "skipped", explanation: expect.stringContaining(NIGHT) },
        { run_on: NIGHT, state: "succeeded" },
      ]);
      expect(await aftermath(client, id)).toEqual(before);
      expect(await jobs(client)).toEqual([]);
    });
  });

  test("C11: that the brake stops is done as a job, and waits in the ledger", async ({ fresh }) => {
    const url = await fresh();
    await inTheNight(url, async (client) => {
      const settings = { brake_minimum: 0, brake_share: 0 };
      const { id } = await anOrganizationWithWork(client, { settings });
      const before = await aftermath(client, id);

      await addJob(client, "nightly__run", { organizationId: id, runOn: NIGHT });
      await runDueJobs(url);

      expect(await ledger(client, id)).toMatchObject([{ state: "needs_approval" }]);
      expect(await aftermath(client, id)).toEqual(before);
      expect(await jobs(client)).toEqual([]);
    });
  });
});
