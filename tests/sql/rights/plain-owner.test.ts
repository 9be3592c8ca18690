import { randomBytes } from "node:crypto";
import pg from "pg";
import { expect, inject } from "vitest";
import { migrateDatabase } from "../../../worker/database/migrate.ts";
import { types, withClient } from "../../../worker/database/pool.ts";
import { TODAY, addDays, setClock, transaction } from "../../support/builders.ts";
import { test as base } from "../../support/database.ts";
import { call } from "../../support/outcomes.ts";
import { type World, aWorld, attempt } from "../../support/rights.ts";
import { databaseUrl } from "../../support/server.ts";
import { CLONE_PREFIX } from "../../support/template.ts";

/** A migrated database with the world in it, which belongs to a login without any power. */
const test = base.extend("house", { scope: "file" }, async ({}, { onCleanup }) => {
  const serverUrl = inject("serverUrl");
  const suffix = `${inject("testRun")}_${randomBytes(6).toString("hex")}`;
  const owner = `mentor_lifecycle_owner_${suffix}`;
  const database = `${CLONE_PREFIX}${suffix}`;
  const onServer = async (statement: string) => {
    await withClient(serverUrl, (client) => client.query(statement));
  };
  await onServer(`create role ${owner} login nosuperuser nocreaterole password 'plain'`);
  let client: pg.Client | undefined;
  onCleanup(async () => {
    await client?.end();
    await onServer(`drop database if exists ${database} with (force)`);
    await onServer(`drop role ${owner}`);
  });
  await onServer(`create database ${database} template template0 owner ${owner}`);

  const url = new URL(databaseUrl(serverUrl, database));
  url.username = owner;
  url.password = "plain";
  await migrateDatabase(url.href, { withCurrent: true });
  await onServer(`grant mentor_lifecycle_visitor to ${owner}`);
  client = new pg.Client({ connectionString: url.href, types });
  await client.connect();
  const world = await transaction(client, () => aWorld(client));
  return { client, world };
});

async function counts(client: pg.Client, world: World, persona: keyof World["requests"]) {
  return await attempt(client, world.requests[persona], async () => {
    const { rows } = await client.query(
      `select (select count(*) from app_public.people) as people,
         (select count(*) from app_public.mentors) as mentors,
         (select count(*) from app_public.mentor_journal) > 0 as journal,
         (select count(*) from app_public.organization_settings) as settings`,
    );
    return rows[0];
  });
}

test("X3 a plain owner sees every row, and a visitor what concerns him", async ({ house }) => {
  const { client, world } = house;
  await transaction(client, async () => {
    const { rows } = await client.query(
      `select r.rolsuper, r.rolbypassrls, (select count(*) from app_public.mentors) as mentors
       from pg_roles as r
       where r.rolname = current_user`,
    );
    expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false, mentors: 3 }]);

    expect(await counts(client, world, "anonymous")).toEqual({
      people: 0,
      mentors: 0,
      journal: false,
      settings: 0,
    });
    expect(await counts(client, world, "mentor")).toEqual({
      people: 3,
      mentors: 1,
      journal: true,
      settings: 0,
    });
    expect(await counts(client, world, "organizationAdministrator")).toEqual({
      people: 8,
      mentors: 2,
      journal: true,
      settings: 1,
    });
  });
});

test("C1 a plain owner runs a night that pauses, and tells people", async ({ house }) => {
  const { client, world } = house;
  const { mentor, organizationId } = world.owners.other;
  const later = addDays(TODAY, 366);

  const run = await transaction(
    client,
    () => call(client, "run_nightly", { organization_id: organizationId }),
    { on: later },
  );
  const dispatched = await transaction(
    client,
    async () => {
      await client.query("select app_private.resolve_notifications()");
      const { rows } = await client.query(
        "select delivery_id, lease_token from app_private.claim_delivery('example.org')",
      );
      const { rows: recorded } = await client.query(
        "select app_private.record_delivery($1, $2, 'sent') as is_recorded",
        [rows[0].delivery_id, rows[0].lease_token],
      );
      return recorded[0].is_recorded;
    },
    { on: later },
  );

  const { rows } = await client.query("select status from app_public.mentors where id = $1", [
    mentor.id,
  ]);
  expect(run["state"]).toBe("succeeded");
  expect(dispatched).toBe(true);
  expect(rows).toEqual([{ status: "paused" }]);
});

test("S1 a visitor's command changes what a plain owner owns", async ({ house }) => {
  const { client, world } = house;
  await transaction(client, async () => {
    await setClock(client, TODAY);

    const mentor = await attempt(client, world.requests.coordinator, () =>
      call(client, "retire_mentor", { mentor_id: world.owners.own.mentor.id, reason: "Moves" }),
    );

    expect(mentor).toMatchObject({ status: "retired" });
  });
});
