import type pg from "pg";

/** How many rows there are of each kind; two variants that did the same agree in all. */
export type Counts = Record<string, number>;

export async function count(client: pg.ClientBase): Promise<Counts> {
  const { rows } = await client.query<{ name: string; rows: number }>(
    `select 'mentors, ' || m.status as name, count(*) as rows
     from app_public.mentors as m
     group by m.status
     union all
     select 'pauses', count(*) from app_public.mentor_pauses
     union all
     select 'journal rows', count(*) from app_public.mentor_journal
     union all
     select 'reminders', count(*) from app_public.certification_reminders
     union all
     select 'follow-ups, ' || f.disposition, count(*)
     from app_public.follow_up_reminders as f
     group by f.disposition
     union all
     select 'notifications', count(*) from app_public.notifications
     union all
     select 'portal events', count(*) from app_public.portal_events
     union all
     select 'listings, ' || case when l.desired_visible then 'visible' else 'hidden' end, count(*)
     from app_public.portal_listings as l
     group by l.desired_visible
     order by name`,
  );
  return Object.fromEntries(rows.map((row) => [row.name, row.rows]));
}

/** Ends the bench if a variant left other rows than it should have: its time would mean nothing. */
export function mustEqual(variant: string, actual: Counts, expected: Counts): void {
  const names = [...new Set([...Object.keys(actual), ...Object.keys(expected)])];
  const different = names
    .filter((name) => actual[name] !== expected[name])
    .map((name) => `${name} ${actual[name] ?? 0} instead of ${expected[name] ?? 0}`);
  if (different.length > 0) throw new Error(`${variant} left ${different.join(", ")}`);
}
