import type pg from "pg";
import { VISITOR } from "../../worker/database/grants.ts";
import { migrateDatabase } from "../../worker/database/migrate.ts";
import { withClient } from "../../worker/database/pool.ts";
import { createDatabase, settle } from "../support/server.ts";
import type { BenchServer } from "../support/server.ts";

const LOGIN = "bench_api_login";

/** An association of two chapters, and who asks about them. */
export interface Association {
  /** Address for a login that may become the visitor and nothing else. */
  url: string;
  chapters: Chapter[];
}

export interface Chapter {
  id: string;
  mentors: number;
  /** Subject of the coordinator of all of them. */
  coordinator: string;
  /** Subject of a coordinator of forty of them. */
  ofForty: string;
}

/** How many mentors the second coordinator of each chapter looks after. */
export const FEW = 40;

export async function createAssociation(
  server: BenchServer,
  database: string,
  sizes: number[],
  onProgress: (line: string) => void,
): Promise<Association> {
  const url = server.url(database);
  await createDatabase(server, database);
  await migrateDatabase(url, { withCurrent: true });
  const chapters: Chapter[] = [];
  await withClient(url, async (client) => {
    await client.query("select set_config('mentor_lifecycle.actor', 'import', false)");
    const { rows } = await client.query<{ organization_id: string; type_id: string }>(
      `with organization as (
         insert into app_public.organizations (slug, name) values ('bench', 'Bench') returning id
       )
       insert into app_public.certification_types (organization_id, name)
       select o.id, 'Peer mentor' from organization as o
       returning organization_id, id as type_id`,
    );
    for (const mentors of sizes) {
      onProgress(`a chapter of ${mentors}`);
      chapters.push(await insertChapter(client, rows[0]!, mentors));
    }
    await client.query(
      `do $$ begin
         if not exists (select from pg_roles where rolname = '${LOGIN}') then
           create role ${LOGIN} login noinherit password '${LOGIN}';
         end if;
         grant ${VISITOR} to ${LOGIN};
       end $$`,
    );
    await settle(client);
  });
  const asVisitor = new URL(url);
  asVisitor.username = LOGIN;
  asVisitor.password = LOGIN;
  return { url: asVisitor.href, chapters };
}

/** So many at once: statements of this size are planned well although the tables are new. */
const BATCH = 10_000;

async function insertChapter(
  client: pg.ClientBase,
  {
    organization_id: organizationId,
    type_id: typeId,
  }: { organization_id: string; type_id: string },
  mentors: number,
): Promise<Chapter> {
  const { rows } = await client.query<{ id: string }>(
    `insert into app_public.chapters (organization_id, name)
     values ($1, $2) returning id`,
    [organizationId, `Chapter of ${mentors}`],
  );
  const id = rows[0]!.id;
  for (let first = 1; first <= mentors; first += BATCH) {
    const last = Math.min(first + BATCH - 1, mentors);
    await insertMentors(client, { organizationId, typeId, chapterId: id, first, last });
    await client.query("analyze");
  }
  const coordinator = `coordinator-of-${mentors}`;
  const ofForty = `coordinator-of-forty-of-${mentors}`;
  await insertCoordinator(client, { chapterId: id, subject: coordinator, each: 1 });
  await insertCoordinator(client, { chapterId: id, subject: ofForty, each: mentors / FEW });
  return { id, mentors, coordinator, ofForty };
}

async function insertMentors(
  client: pg.ClientBase,
  batch: { organizationId: string; typeId: string; chapterId: string; first: number; last: number },
): Promise<void> {
  const { organizationId, typeId, chapterId, first, last } = batch;
  await client.query(
    `with planned as (
       select gen_random_uuid() as mentor_id, gen_random_uuid() as person_id, n,
         app_private.local_date($1) + 60 + n % 600 as expires_on
       from generate_series($4::integer, $5::integer) as n
     ),
     person as (
       insert into app_public.people (id, organization_id, full_name, email)
       select p.person_id, $1,
         (array['Åse', 'Øyvind', 'Ærlend', 'Kari', 'Ola', 'Nils', 'Anne', 'Per'])[1 + p.n % 8]
           || ' ' || md5(p.n::text),
         format('%s@example.org', p.person_id)
       from planned as p
     ),
     mentor as (
       insert into app_public.mentors (
         id, organization_id, chapter_id, person_id, mentor_key, status, portal_consent, coverage
       )
       select p.mentor_id, $1, $2::uuid, p.person_id, format('%s-%s', left($2::uuid::text, 4), p.n), 'active',
         true, datemultirange(daterange(p.expires_on - 730, p.expires_on, '[]'))
       from planned as p
     ),
     certified as (
       insert into app_public.certifications (
         organization_id, mentor_id, certification_type_id, valid_from, expires_on, is_silent
       )
       select $1, p.mentor_id, $3, p.expires_on - 730, p.expires_on, true
       from planned as p
     )
     insert into app_public.assignments (
       organization_id, mentor_id, assignment_key, client_reference, opened_on, last_contact_on
     )
     select $1, p.mentor_id, format('%s-%s-%s', left($2::uuid::text, 4), p.n, k), 'client',
       app_private.local_date($1) - 300, app_private.local_date($1) - p.n % 250
     from planned as p
     cross join generate_series(1, p.n % 3) as k`,
    [organizationId, chapterId, typeId, first, last],
  );
}

async function insertCoordinator(
  client: pg.ClientBase,
  { chapterId, subject, each }: { chapterId: string; subject: string; each: number },
): Promise<void> {
  await client.query(
    `with person as (
       insert into app_public.people (organization_id, full_name, email, auth_subject)
       select c.organization_id, 'Coordinator', $2::text || '@example.org', $2::text
       from app_public.chapters as c
       where c.id = $1
       returning id, organization_id
     ),
     coordinator as (
       insert into app_public.coordinators (organization_id, person_id)
       select p.organization_id, p.id from person as p
       returning *
     )
     insert into app_public.coordinator_assignments
       (organization_id, mentor_id, coordinator_id, period)
     select m.organization_id, m.id, c.person_id, daterange(date '2020-01-01', null)
     from coordinator as c
     join (
       select m.*, row_number() over (order by m.id) as place
       from app_public.mentors as m
       where m.chapter_id = $1
     ) as m on m.place % $3::integer = 0`,
    [chapterId, subject, Math.max(1, Math.floor(each))],
  );
}
