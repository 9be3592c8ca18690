import type pg from "pg";
import { settingsOf } from "../../worker/api/settings.ts";
import type { Chapter } from "./prepare.ts";

export const PAGE = 50;

/** Whose page of which chapter, and where it begins. */
export interface Request {
  subject: string;
  chapter: Chapter;
  /** Rows above the page. */
  above: number;
  /** The cursor that leads there; null for the first page. */
  after: string | null;
}

/** The question as the API's clients write it. */
export const DOCUMENT = `
  query Roster($chapterId: UUID, $after: String) {
    roster(chapterId: $chapterId, first: ${PAGE}, after: $after) {
      nodes {
        mentorId mentorKey fullName chapter status version pauseCause expectedReturnOn nextExpiresOn
        daysLeft openAssignments quietestLastContactOn portalCondition portalNotice
      }
      pageInfo { hasNextPage endCursor }
    }
  }`;

/** A transaction of the visitor, with the settings that the API gives to a request. */
export async function asSubject<Result>(
  client: pg.ClientBase,
  subject: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const caller = { subject, isService: false };
  await client.query("begin");
  await client.query(
    "select set_config(s.key, s.value, true) from json_each_text($1::json) as s (key, value)",
    [JSON.stringify(settingsOf({ caller, organization: "" } as Parameters<typeof settingsOf>[0]))],
  );
  const result = await work();
  await client.query("commit");
  return result;
}

/** The API's own statement without the API. */
export async function bare(client: pg.ClientBase, request: Request): Promise<string[]> {
  return await asSubject(client, request.subject, async () => {
    const { rows } = await client.query<{ ids: string[] }>(
      `select array(select e.mentor_id from unnest(r.nodes) as e)::text[] as ids, r.nodes, r.page_info
       from app_public.roster(chapter_id => $1, first => ${PAGE}, after => $2) as r`,
      [request.chapter.id, request.after],
    );
    return rows[0]!.ids;
  });
}

/**
 * What people write first: under the same policies, the mentors with their names, sorted, and those
 * above thrown away; the rest only for those who are left.
 */
export async function foil(client: pg.ClientBase, request: Request): Promise<string[]> {
  return await asSubject(client, request.subject, async () => {
    const { rows } = await client.query<{ mentor_id: string }>(
      `select m.id as mentor_id, m.mentor_key, m.full_name, c.name as chapter, m.status, m.version,
         pause.cause, pause.expected_return_on, held.expires_on, silent.count, silent.last_contact_on,
         l.condition, app_public.mentors_portal_notice(m.mentor) as notice
       from (
         select m.*, p.full_name, m as mentor
         from app_public.mentors as m
         join app_public.people as p on p.id = m.person_id
         where m.chapter_id = $1
         order by p.full_name collate "nb-NO-x-icu", m.id
         limit ${PAGE} offset $2
       ) as m
       join app_public.chapters as c on c.id = m.chapter_id
       left join app_public.mentor_pauses as pause
         on pause.mentor_id = m.id
         and pause.ended_at is null
       left join app_public.portal_listings as l on l.mentor_id = m.id
       left join lateral (
         select max(c.expires_on) as expires_on
         from app_public.certifications as c
         where c.mentor_id = m.id
       ) as held on true
       left join lateral (
         select count(*) as count, min(a.last_contact_on) as last_contact_on
         from app_public.assignments as a
         where a.organization_id = m.organization_id
           and a.mentor_id = m.id
           and a.closed_on is null
       ) as silent on true
       order by m.full_name collate "nb-NO-x-icu", m.id`,
      [request.chapter.id, request.above],
    );
    return rows.map((row) => row.mentor_id);
  });
}

/** The cursor of the last row above the page, found as nobody would have to. */
export async function cursorBelow(
  owner: pg.ClientBase,
  chapter: Chapter,
  above: number,
): Promise<string | null> {
  if (above === 0) return null;
  const { rows } = await owner.query<{ cursor: string }>(
    `select app_private.roster_cursor(jsonb_build_array(p.full_name, p.mentor_id), 'name') as cursor
     from app_private.roster_positions as p
     where p.chapter_id = $1
     order by p.full_name, p.mentor_id
     offset $2 limit 1`,
    [chapter.id, above - 1],
  );
  return rows[0]!.cursor;
}
