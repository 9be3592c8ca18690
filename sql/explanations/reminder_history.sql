/*
 * On the date any announced last valid day counts, before and after it only the present one: a
 * corrected date has armed the thresholds again.
 */
create or replace function app_private.reminder_history(
  certification_id uuid,
  expires_on date,
  threshold integer,
  on_date date
) returns table (
  sent integer,
  covered text,
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
    max(r.threshold_days) filter (where r.decided_on = on_date and r.disposition = 'notified'),
    string_agg(r.threshold_days::text, ' and ' order by r.threshold_days desc) filter (
      where r.decided_on = on_date and r.disposition = 'collapsed'),
    string_agg(r.threshold_days::text, ' and ' order by r.threshold_days desc) filter (
      where r.decided_on = on_date and r.disposition = 'seeded'),
    (array_agg(r.nightly_run_id) filter (where r.decided_on = on_date))[1],
    (array_agg(app_private.reminder_disposition(r) order by r.threshold_days) filter (
      where r.expires_on = reminder_history.expires_on
        and r.decided_on < on_date
        and r.threshold_days <= reminder_history.threshold))[1],
    (array_agg(app_private.reminder_disposition(r) order by r.threshold_days desc) filter (
      where r.expires_on = reminder_history.expires_on
        and r.decided_on > on_date
        and r.threshold_days <= reminder_history.threshold))[1]
  from app_public.certification_reminders as r
  where r.certification_id = reminder_history.certification_id
$$;
comment on function app_private.reminder_history(uuid, date, integer, date) is
  'What the ledger says about the reminders of a certification: what was sent on a date, which
missed thresholds that covers, what an import seeded on it, and how the reached threshold was
dealt with before or after it, in sentences; part of explain_mentor.';
