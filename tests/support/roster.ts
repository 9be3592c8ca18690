import type { Database, Organization } from "./builders.ts";
import { TODAY } from "./builders.ts";

export interface Entry {
  mentor_id: string;
  mentor_key: string;
  full_name: string;
  chapter_id: string;
  chapter: string;
  status: string;
  version: number;
  is_certified: boolean;
  pause_cause: string | null;
  expected_return_on: string | null;
  next_expires_on: string | null;
  days_left: number | null;
  open_assignments: number;
  quietest_last_contact_on: string | null;
  portal_condition: string;
  portal_notice: string;
}

export interface Page {
  nodes: Entry[];
  edges: { cursor: string; node: Entry }[];
  page_info: {
    has_next_page: boolean;
    has_previous_page: boolean;
    start_cursor: string | null;
    end_cursor: string | null;
  };
}

/** A page of the roster, as the API shows it. */
export async function roster(db: Database, args: Record<string, unknown> = {}): Promise<Page> {
  const names = Object.keys(args);
  const { rows } = await db.query<{ page: Page }>(
    `select to_json(r) as page
     from app_public.roster(${names.map((name, index) => `${name} => $${index + 1}`).join(", ")}) as r`,
    Object.values(args),
  );
  return rows[0]!.page;
}

/** The keys of the mentors on the first page, which shows them all. */
export async function keysOf(db: Database, args: Record<string, unknown> = {}): Promise<string[]> {
  const { nodes } = await roster(db, { first: 100, ...args });
  return nodes.map((node) => node.mentor_key);
}

/** Every row, page by page, whatever happens in between. */
export async function walk(
  db: Database,
  args: Record<string, unknown>,
  between: (page: Page) => Promise<unknown> = async () => {},
): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (let after: string | null = null; ;) {
    const page: Page = await roster(db, { ...args, after });
    entries.push(...page.nodes);
    if (!page.page_info.has_next_page) return entries;
    await between(page);
    after = page.page_info.end_cursor;
  }
}

/** An imported crowd: names, expiries and last contacts of every kind, with ties and with nothing. */
export async function aCrowd(
  db: Database,
  organization: Organization,
  count: number,
): Promise<void> {
  await db.query("select set_config('mentor_lifecycle.actor', 'import', true)");
  await db.query(
    `with planned as (
       select gen_random_uuid() as mentor_id, gen_random_uuid() as person_id, n,
         $3::date + 1 + n % 97 as expires_on
       from generate_series(1, $2::integer) as n
     ),
     person as (
       insert into app_public.people (id, organization_id, full_name, email)
       select p.person_id, $1,
         (array['Åse', 'Øyvind', 'Ærlend', 'kari', 'Kari', 'Ola', 'Zara'])[1 + n % 7]
           || (array[' Ås', ' Berg', '-Østby', ' Øy'])[1 + n / 7 % 4],
         format('crowd%s@example.org', n)
       from planned as p
     ),
     mentor as (
       insert into app_public.mentors (
         id, organization_id, chapter_id, person_id, mentor_key, status, portal_consent, coverage
       )
       select p.mentor_id, $1, $4, p.person_id, 'K' || n,
         case when n % 10 = 0 then 'pending' else 'active' end, true,
         case
           when n % 10 = 0 then '{}'
           else datemultirange(daterange(p.expires_on - 365, p.expires_on, '[]'))
         end
       from planned as p
     ),
     certified as (
       insert into app_public.certifications (
         organization_id, mentor_id, certification_type_id, valid_from, expires_on, is_silent
       )
       select $1, p.mentor_id, $5, p.expires_on - 365, p.expires_on, true
       from planned as p
       where n % 10 > 0
     )
     insert into app_public.assignments (
       organization_id, mentor_id, assignment_key, client_reference, opened_on, last_contact_on
     )
     select $1, p.mentor_id, format('A%s-%s', n, k), 'client', $3::date - 200, $3::date - n % 61 - k
     from planned as p
     cross join generate_series(1, 2) as k
     where n % 3 > 0`,
    [organization.id, count, TODAY, organization.chapterId, organization.typeId],
  );
}
