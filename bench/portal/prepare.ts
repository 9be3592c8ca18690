import type pg from "pg";
import { migrateDatabase } from "../../worker/database/migrate.ts";
import { withClient } from "../../worker/database/pool.ts";
import { createDatabase, settle } from "../support/server.ts";
import type { BenchServer } from "../support/server.ts";

/** A database with an association whose mentors are all active and to be shown on the portal. */
export async function createAssociation(
  server: BenchServer,
  database: string,
  mentors: number,
): Promise<void> {
  const url = server.url(database);
  await createDatabase(server, database);
  await migrateDatabase(url);
  await withClient(url, async (client) => {
    await client.query("begin");
    await client.query("select set_config('mentor_lifecycle.actor', 'import', true)");
    await insertMentors(client, mentors);
    await client.query("commit");
    await settle(client);
  });
}

async function insertMentors(client: pg.ClientBase, mentors: number): Promise<void> {
  const { rows } = await client.query<{ id: string }>(
    "insert into app_public.organizations (slug, name) values ('bench', 'Bench') returning id",
  );
  await client.query(
    `with chapter as (
       insert into app_public.chapters (organization_id, name) values ($1::uuid, 'Chapter')
       returning id
     ),
     type as (
       insert into app_public.certification_types (organization_id, name)
       values ($1::uuid, 'Peer mentor')
       returning id
     ),
     person as (
       insert into app_public.people (organization_id, full_name, email)
       select $1::uuid, 'Person ' || n, format('person%s@example.org', n)
       from generate_series(1, $2::integer) as n
       returning id, substr(full_name, 8)::integer as n
     ),
     planned as (
       select gen_random_uuid() as mentor_id, p.id as person_id, p.n,
         app_private.local_date($1::uuid) + 60 + p.n % 600 as expires_on
       from person as p
     ),
     mentor as (
       insert into app_public.mentors (
         id, organization_id, chapter_id, person_id, mentor_key, status, portal_consent, coverage
       )
       select p.mentor_id, $1::uuid, c.id, p.person_id, 'M' || p.n, 'active', true,
         datemultirange(daterange(p.expires_on - 730, p.expires_on, '[]'))
       from planned as p
       cross join chapter as c
     )
     insert into app_public.certifications (
       organization_id, mentor_id, certification_type_id, valid_from, expires_on, is_silent
     )
     select $1::uuid, p.mentor_id, t.id, p.expires_on - 730, p.expires_on, true
     from planned as p
     cross join type as t`,
    [rows[0]!.id, mentors],
  );
}

/** How many listings may be under way at once, over all workers. */
export async function setParallelism(url: string, parallelism: number): Promise<void> {
  await withClient(url, async (client) => {
    await client.query("update app_private.portal_gate set parallelism = $1", [parallelism]);
  });
}

/**
 * Changes every listing in one transaction: each certification is corrected to end a day later. No
 * change takes an earlier one back, which would spare the sync the writing.
 */
export async function changeAll(client: pg.ClientBase): Promise<void> {
  await client.query("update app_public.certifications set expires_on = expires_on + 1");
}

export async function mentorKeys(url: string): Promise<string[]> {
  return await withClient(url, async (client) => {
    const { rows } = await client.query<{ mentor_key: string }>(
      "select m.mentor_key from app_public.mentors as m order by m.mentor_key",
    );
    return rows.map((row) => row.mentor_key);
  });
}
