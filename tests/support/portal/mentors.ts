import type pg from "pg";
import { addDays, anOrganization, transaction } from "../builders.ts";
import type { Organization } from "../builders.ts";

/*
 * Mentors of today, many at a time, and what people do to them: by the same commands and triggers as
 * everywhere, so that wishes, events and wake-ups come about by themselves. Today is the machine's
 * day, because the sync's timing is the machine's.
 */

export interface ListedMentor {
  id: string;
  key: string;
}

/** The day in Oslo so many days from now. */
export function daysFromToday(days: number): string {
  const today = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Oslo" }).format(new Date());
  return addDays(today, days);
}

/** The last day of everybody who is not given another. */
export const EXPIRES_ON = daysFromToday(300);

export async function anAssociation(pool: pg.Pool): Promise<Organization> {
  const client = await pool.connect();
  try {
    return await transaction(client, () => anOrganization(client));
  } finally {
    client.release();
  }
}

/** Certified mentors with consent, who are therefore wanted visible until the last day. */
export async function enrol(
  pool: pg.Pool,
  association: Organization,
  keys: string[],
  expiresOn = EXPIRES_ON,
): Promise<ListedMentor[]> {
  const { rows: mentors } = await pool.query<ListedMentor>(
    `with people as (
       insert into app_public.people (organization_id, full_name, email, auth_subject)
       select $1, 'Kari Nordmann', key || '@example.org', key
       from unnest($3::text[]) as key
       returning id, auth_subject
     )
     insert into app_public.mentors
       (organization_id, chapter_id, person_id, mentor_key, portal_consent)
     select $1, $2, p.id, p.auth_subject, true
     from people as p
     order by p.auth_subject
     returning id, mentor_key as key`,
    [association.id, association.chapterId, keys],
  );
  await pool.query(
    `insert into app_public.certifications
       (organization_id, mentor_id, certification_type_id, valid_from, expires_on)
     select $1, id, $2, $3, $4
     from unnest($5::uuid[]) as id`,
    [association.id, association.typeId, daysFromToday(-30), expiresOn, idsOf(mentors)],
  );
  return mentors;
}

/** In one transaction; their wish is hidden from then on. */
export async function pause(pool: pg.Pool, mentors: ListedMentor[]): Promise<void> {
  await pool.query(
    "select from unnest($1::uuid[]) as id, app_public.pause_mentor(id, 'Needs a rest')",
    [idsOf(mentors)],
  );
}

/** In one transaction; their wish is visible from then on. */
export async function resume(pool: pg.Pool, mentors: ListedMentor[]): Promise<void> {
  await pool.query("select from unnest($1::uuid[]) as id, app_public.resume_mentor(id)", [
    idsOf(mentors),
  ]);
}

/** Renews the certification; the wish is visible until that later day from then on. */
export async function extend(
  pool: pg.Pool,
  association: Organization,
  mentor: ListedMentor,
  expiresOn: string,
): Promise<void> {
  await pool.query("select from app_public.grant_certification($1, $2, $3, $4)", [
    mentor.id,
    association.typeId,
    addDays(EXPIRES_ON, 1),
    expiresOn,
  ]);
}

export async function forceSync(pool: pg.Pool, mentor: ListedMentor): Promise<void> {
  await pool.query("select from app_public.force_portal_sync($1)", [mentor.id]);
}

function idsOf(mentors: ListedMentor[]): string[] {
  return mentors.map(({ id }) => id);
}
