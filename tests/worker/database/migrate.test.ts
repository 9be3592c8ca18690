import { expect } from "vitest";
import { migrateDatabase } from "../../../worker/database/migrate.ts";
import { drawPicture } from "../../../worker/database/picture.ts";
import { withClient } from "../../../worker/database/pool.ts";
import { test } from "../../support/database.ts";

test("gives an empty database the same picture as migrating it a second time", async ({
  fresh,
}) => {
  const url = await fresh({ empty: true });

  await migrateDatabase(url, { withCurrent: true });
  const once = await withClient(url, drawPicture);
  const { dropped } = await migrateDatabase(url, { withCurrent: true });
  const twice = await withClient(url, drawPicture);

  expect(once).toContain("table app_public.organizations");
  expect(twice).toBe(once);
  expect(dropped).toEqual([]);
});

test("two migrations at once of an empty database both succeed", async ({ fresh }) => {
  const url = await fresh({ empty: true });

  const [first, second] = await Promise.all([migrateDatabase(url), migrateDatabase(url)]);

  expect(second.applied.toSorted()).toEqual(first.applied.toSorted());
});

test("waits for somebody who is running graphile-migrate by hand", async ({ fresh }) => {
  const url = await fresh();
  const lockOfGraphileMigrate = "4727445306447283";

  const migrated = await withClient(url, async (client) => {
    await client.query("select pg_advisory_lock($1)", [lockOfGraphileMigrate]);
    const migration = migrateDatabase(url);
    await expect
      .poll(async () => {
        const { rows } = await client.query(
          "select from pg_stat_activity where datname = current_database() and query like '%pg_try_advisory_lock%' and pid <> pg_backend_pid()",
        );
        return rows.length;
      })
      .toBeGreaterThan(0);
    await client.query("select pg_advisory_unlock($1)", [lockOfGraphileMigrate]);
    return await migration;
  });

  expect(migrated.dropped).toEqual([]);
});
