/*
 * The chain of N2. Who is told about a mentor as somebody responsible is never the mentor: a mentor
 * who is his own coordinator is told as mentor already, and somebody else should know.
 */
create or replace function app_private.notification_recipients(mentor_id uuid, audience text)
returns table (person_id uuid, role text, reason text)
language sql
stable
rows 2
set search_path = pg_catalog, pg_temp
as $$
  with mentor as (
    select m.*, app_private.local_date(m.organization_id) as today
    from app_public.mentors as m
    where m.id = notification_recipients.mentor_id
  ),
  candidate (level, person_id, role, reason) as (
    select 0, m.person_id, 'mentor', 'It is about this person.'
    from mentor as m
    where notification_recipients.audience = 'mentor'
    union all
    select 1, ca.coordinator_id, 'coordinator',
      format('Coordinator of the mentor on %s.', m.today)
    from mentor as m
    join app_public.coordinator_assignments as ca
      on ca.mentor_id = m.id
      and ca.period @> m.today
    where notification_recipients.audience = 'coordinators'
      and ca.coordinator_id <> m.person_id
    union all
    select 2, ca.person_id, 'chapter_administrator',
      format('Administrator of the chapter; on %s nobody else coordinates the mentor.', m.today)
    from mentor as m
    join app_public.chapter_administrators as ca on ca.chapter_id = m.chapter_id
    where notification_recipients.audience = 'coordinators'
      and ca.person_id <> m.person_id
    union all
    select 3, oa.person_id, 'organization_administrator',
      format('Administrator of the organisation; on %s nobody else coordinates the mentor, and the '
        'chapter has no other administrator.', m.today)
    from mentor as m
    join app_public.organization_administrators as oa on oa.organization_id = m.organization_id
    where notification_recipients.audience = 'coordinators'
      and oa.person_id <> m.person_id
  )
  select c.person_id, c.role, c.reason
  from candidate as c
  where c.level = (select min(nearest.level) from candidate as nearest)
$$;
comment on function app_private.notification_recipients(uuid, text) is
  'Who is to be told about a mentor today, as what, and why: the mentor; or the coordinators, else
the administrators of the chapter, else those of the organisation (N1, N2). No row: nobody.';
