create or replace function app_private.tg_follow_up_reminders__notify() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into app_public.notifications (
    organization_id, mentor_id, assignment_id, kind, audience, reason, dedupe_key, last_contact_on,
    step, nightly_run_id
  )
  select
    a.organization_id,
    a.mentor_id,
    a.id,
    'assignment_quiet',
    case n.step when 1 then 'mentor' else 'coordinators' end,
    app_private.follow_up_reason(a.assignment_key, n.last_contact_on, n.silent_days, n.step),
    'assignment_quiet:' || a.id || ':' || n.last_contact_on || ':' || n.step,
    n.last_contact_on,
    n.step,
    n.nightly_run_id
  from new_reminders as n
  join app_public.assignments as a on a.id = n.assignment_id
  where n.disposition = 'notified'
  order by a.id;
  return null;
end;
$$;
comment on function app_private.tg_follow_up_reminders__notify() is
  'Writes the notification of a follow-up in the transaction that decides it: the first step tells
the mentor, later ones the coordinators (F1).';

create or replace trigger _800_notify
  after insert on app_public.follow_up_reminders
  referencing new table as new_reminders
  for each statement execute function app_private.tg_follow_up_reminders__notify();
