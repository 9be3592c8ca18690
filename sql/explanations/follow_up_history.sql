create or replace function app_private.follow_up_history(
  assignment_id uuid,
  last_contact_on date,
  step integer,
  on_date date
) returns table (
  sent integer,
  sent_contact_on date,
  sent_silent_days integer,
  covered integer[],
  seeded text,
  nightly_run_id uuid,
  earlier text,
  later text
)
language sql
stable
rows 1
set search_path = pg_catalog, pg_temp
as $$
  select
    max(r.step) filter (where r.decided_on = on_date and r.disposition = 'notified'),
    max(r.last_contact_on) filter (where r.decided_on = on_date and r.disposition = 'notified'),
    max(r.silent_days) filter (where r.decided_on = on_date and r.disposition = 'notified'),
    array_agg(r.step order by r.step) filter (
      where r.decided_on = on_date and r.disposition = 'collapsed'),
    string_agg(r.step::text, ' and ' order by r.step) filter (
      where r.decided_on = on_date and r.disposition = 'seeded'),
    (array_agg(r.nightly_run_id) filter (where r.decided_on = on_date))[1],
    (array_agg(app_private.follow_up_disposition(r) order by r.step desc) filter (
      where r.last_contact_on = follow_up_history.last_contact_on
        and r.decided_on < on_date
        and r.step >= follow_up_history.step
        and u.notification_id is null))[1],
    (array_agg(app_private.follow_up_disposition(r) order by r.step) filter (
      where r.last_contact_on = follow_up_history.last_contact_on
        and r.decided_on > on_date
        and r.step >= follow_up_history.step))[1]
  from app_public.follow_up_reminders as r
  left join app_private.untold_follow_ups as u
    on u.assignment_id = r.assignment_id
    and u.last_contact_on = r.last_contact_on
    and u.step = r.step
  where r.assignment_id = follow_up_history.assignment_id
$$;
comment on function app_private.follow_up_history(uuid, date, integer, date) is
  'What the ledger says about following up an assignment: which step was sent on a date, which
missed ones that covers, what an import seeded on it, and how the reached step was dealt with
before or after it, in sentences; part of explain_mentor.';
