create or replace function app_private.silence_objection(notification app_public.notifications)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when m.status <> 'active' then format('The mentor is %s now.', m.status)
    when a.closed_on <= app_private.local_date(a.organization_id)
    then format('The assignment was closed on %s.', a.closed_on)
    when a.last_contact_on <> notification.last_contact_on
    then format('The last contact was on %s.', a.last_contact_on)
    when notification.audience = 'coordinators' and exists (
      select from app_public.follow_up_reminders as later
      where later.assignment_id = a.id
        and later.last_contact_on = a.last_contact_on
        and later.step > notification.step
        and later.disposition = 'notified'
    ) then 'A later follow-up has been sent to the same people.'
  end
  from app_public.mentors as m
  join app_public.assignments as a on a.id = notification.assignment_id
  where m.id = notification.mentor_id
$$;
comment on function app_private.silence_objection(app_public.notifications) is
  'Why an assignment is not to be followed up any more, in a sentence; null while it is (N4, F1).';
