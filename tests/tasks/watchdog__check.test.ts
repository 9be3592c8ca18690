import { expect } from "vitest";
import { withClient } from "../../worker/database/pool.ts";
import { test } from "../support/database.ts";
import {
  anOrganizationWithWork,
  IN_THE_NIGHT,
  runDueJobs,
  setDatabaseClock,
} from "../support/nightly/stage.ts";
import { transaction } from "../support/builders.ts";
import { openAlerts } from "../support/portal.ts";

test("C6 raises the alerts about a night that nobody has run, and whom it left active", async ({
  fresh,
}) => {
  const url = await fresh();
  await withClient(url, async (client) => {
    const { id } = await anOrganizationWithWork(client);
    await transaction(client, async () => {
      await client.query("update app_public.organizations set created_at = '2026-01-01'");
      await client.query("select graphile_worker.add_job('watchdog__check')");
    });
    await setDatabaseClock(url, IN_THE_NIGHT);
    await runDueJobs(url);

    expect(await openAlerts(client)).toMatchObject([
      { kind: "expired_mentors_active", organization_id: id },
      { kind: "nightly_overdue", organization_id: id },
    ]);
  });
});

test("C7 looks for what stands twice when it is to be thorough", async ({ fresh }) => {
  const url = await fresh();
  await withClient(url, async (client) => {
    const { id } = await anOrganizationWithWork(client);
    await transaction(client, async () => {
      await client.query(
        `insert into app_public.notifications
           (organization_id, mentor_id, kind, audience, reason, dedupe_key)
         select $1, (select min(m.id::text) from app_public.mentors as m)::uuid, 'mentor_paused',
           'mentor', 'Paused.', n::text
         from generate_series(1, 2) as n`,
        [id],
      );
      await client.query(
        "select graphile_worker.add_job('watchdog__check', '{\"thorough\": true}'::json)",
      );
    });
    await runDueJobs(url);

    expect((await openAlerts(client)).map(({ kind }) => kind)).toContain("duplicate_entries");
  });
});
