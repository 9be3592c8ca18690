import type pg from "pg";

/** Days before expiry at which a reminder is due; also those of the standard settings. */
const THRESHOLDS = [30, 14, 7];

/** How many mentors are written by one statement. */
const CHUNK = 100_000;

export interface Prepared {
  organizationId: string;
  /** The local date whose night is measured. */
  runOn: string;
  /** Mentors whose certification expired the day before. */
  expired: number;
  /** Mentors who reach a reminder threshold on the day. */
  reminded: number;
}

/**
 * An organisation on the eve of the night: every sixth mentor's certification expired yesterday,
 * every sixth reaches a threshold of 30, 14 or 7 days, the others have months to go; all of them if
 * nothing is to be due. Everybody is active and listed, and the reminders of earlier thresholds have
 * been dealt with.
 *
 * Written through the same triggers as an import, with the clock of the day before.
 */
export async function prepare(
  client: pg.ClientBase,
  mentors: number,
  { isNothingDue = false }: { isNothingDue?: boolean } = {},
): Promise<Prepared> {
  const { rows } = await client.query<{ id: string }>(
    "insert into app_public.organizations (slug, name) values ('bench', 'Bench') returning id",
  );
  const organizationId = rows[0]!.id;
  await insertSurroundings(client, organizationId);
  const runOn = await localDate(client, organizationId);
  for (let from = 1; from <= mentors; from += CHUNK) {
    await client.query("begin");
    await client.query(
      `select
         set_config('mentor_lifecycle.actor', 'import', true),
         set_config('mentor_lifecycle.as_of',
           (($1::date - 1 + time '12:00') at time zone 'Europe/Oslo')::text, true)`,
      [runOn],
    );
    const to = Math.min(from + CHUNK - 1, mentors);
    await insertMentors(client, [organizationId, runOn, from, to, THRESHOLDS, isNothingDue]);
    await client.query("commit");
  }
  const due = isNothingDue ? { expired: 0, reminded: 0 } : expected(mentors);
  return { organizationId, runOn, ...due };
}

function expected(mentors: number): { expired: number; reminded: number } {
  return { expired: Math.floor(mentors / 6), reminded: Math.floor((mentors + 3) / 6) };
}

async function localDate(client: pg.ClientBase, organizationId: string): Promise<string> {
  const { rows } = await client.query<{ run_on: string }>(
    "select app_private.local_date($1::uuid)::text as run_on",
    [organizationId],
  );
  return rows[0]!.run_on;
}

/** A third of all mentors is due: the brake would rightly stop that, so it is let go here. */
async function insertSurroundings(client: pg.ClientBase, organizationId: string): Promise<void> {
  await client.query(
    `update app_public.organization_settings as s
     set brake_share = 1
     where s.organization_id = $1::uuid`,
    [organizationId],
  );
  await client.query(
    `insert into app_public.chapters (organization_id, name)
     select $1::uuid, 'Chapter ' || n
     from generate_series(1, 20) as n`,
    [organizationId],
  );
  await client.query(
    `insert into app_public.certification_types (organization_id, name)
     values ($1::uuid, 'Peer mentor')`,
    [organizationId],
  );
}

async function insertMentors(client: pg.ClientBase, values: unknown[]): Promise<void> {
  await client.query(
    `with person as (
       insert into app_public.people (organization_id, full_name, email)
       select $1::uuid, 'Person ' || n, format('person%s@example.org', n)
       from generate_series($3::integer, $4::integer) as n
       returning id, substr(full_name, 8)::integer as n
     ),
     planned as (
       select
         gen_random_uuid() as mentor_id,
         p.id as person_id,
         p.n,
         $2::date + case case when $6::boolean then 1 else p.n % 6 end
           when 0 then -1
           when 3 then ($5::integer[])[1 + p.n / 6 % 3]
           else 60 + p.n % 600
         end as expires_on
       from person as p
     ),
     mentor as (
       insert into app_public.mentors (
         id, organization_id, chapter_id, person_id, mentor_key, status, portal_consent, coverage
       )
       select p.mentor_id, $1::uuid, chapter.ids[1 + p.n % 20], p.person_id, 'M' || p.n, 'active',
         true, datemultirange(daterange(p.expires_on - 730, p.expires_on, '[]'))
       from planned as p
       cross join (
         select array_agg(c.id order by c.name) as ids from app_public.chapters as c
       ) as chapter
     ),
     certification as (
       insert into app_public.certifications (
         organization_id, mentor_id, certification_type_id, valid_from, expires_on, is_silent
       )
       select $1::uuid, p.mentor_id, t.id, p.expires_on - 730, p.expires_on, true
       from planned as p
       cross join app_public.certification_types as t
       returning id, mentor_id, expires_on
     )
     insert into app_public.certification_reminders (
       mentor_id, certification_id, expires_on, threshold_days, disposition, decided_on
     )
     select c.mentor_id, c.id, c.expires_on, earlier.days, 'seeded', $2::date - 1
     from certification as c
     cross join unnest($5::integer[]) as earlier (days)
     where earlier.days > c.expires_on - $2::date`,
    values,
  );
}
