import type { ClientBase, Pool } from "pg";

type Database = ClientBase | Pool;

/**
 * Everything that nights have left behind in an organisation, without ids and times, in a fixed
 * order: two histories that led to the same are equal.
 */
export async function aftermath(db: Database, organizationId: string) {
  const { rows } = await db.query<Record<string, string[]>>(
    `with mentor as (
       select m.* from app_public.mentors as m where m.organization_id = $1
     ),
     certification as (
       select c.id, t.name || ' until ' || c.expires_on as label
       from app_public.certifications as c
       join app_public.certification_types as t on t.id = c.certification_type_id
       where c.organization_id = $1
     )
     select
       array(
         select concat_ws(' | ', m.mentor_key, m.status, m.version, m.coverage)
         from mentor as m order by 1
       ) as mentors,
       array(
         select concat_ws(' | ', m.mentor_key, p.cause, p.reason, c.label,
           'return ' || p.expected_return_on, 'by ' || p.started_by,
           coalesce('ended ' || p.end_cause, 'open'))
         from app_public.mentor_pauses as p
         join mentor as m on m.id = p.mentor_id
         left join certification as c on c.id = p.certification_id
         order by 1
       ) as pauses,
       array(
         select concat_ws(' | ', m.mentor_key, lpad(j.version::text, 3), j.event,
           j.from_status || ' to ' || j.to_status, j.cause, j.reason, j.actor, c.label)
         from app_public.mentor_journal as j
         join mentor as m on m.id = j.mentor_id
         left join certification as c on c.id = j.certification_id
         order by 1
       ) as journal,
       array(
         select concat_ws(' | ', m.mentor_key, c.label, r.expires_on, r.threshold_days,
           r.disposition, 'into ' || r.collapsed_into_days, r.decided_on)
         from app_public.certification_reminders as r
         join mentor as m on m.id = r.mentor_id
         join certification as c on c.id = r.certification_id
         order by 1
       ) as reminders,
       array(
         select concat_ws(' | ', a.assignment_key, f.last_contact_on, f.step, f.silent_days,
           f.disposition, 'into ' || f.collapsed_into_step, f.decided_on)
         from app_public.follow_up_reminders as f
         join mentor as m on m.id = f.mentor_id
         join app_public.assignments as a on a.id = f.assignment_id
         order by 1
       ) as follow_ups,
       array(
         select concat_ws(' | ', m.mentor_key, n.kind, n.audience, n.reason, c.label,
           n.threshold_days)
         from app_public.notifications as n
         join mentor as m on m.id = n.mentor_id
         left join certification as c on c.id = n.certification_id
         order by 1
       ) as notifications,
       array(
         select concat_ws(' | ', m.mentor_key, lpad(e.desired_version::text, 3), e.kind,
           'until ' || e.desired_until, 'mentor version ' || e.mentor_version)
         from app_public.portal_events as e
         join mentor as m on m.id = e.mentor_id
         order by 1
       ) as portal_events,
       array(
         select concat_ws(' | ', m.mentor_key, l.desired_visible, l.desired_until)
         from app_public.portal_listings as l
         join mentor as m on m.id = l.mentor_id
         order by 1
       ) as portal_listings`,
    [organizationId],
  );
  const row = rows[0];
  if (!row) throw new Error("A query without a from clause returned no row");
  return row;
}
