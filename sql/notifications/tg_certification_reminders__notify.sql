create or replace function app_private.tg_certification_reminders__notify() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into app_public.notifications (
    organization_id, mentor_id, kind, audience, reason, dedupe_key, certification_id, expires_on,
    threshold_days, nightly_run_id
  )
  select
    m.organization_id,
    m.id,
    'certification_reminder',
    'mentor',
    format('Certification "%s" %s on %s; the threshold of %s days is reached.', t.name,
      case when n.expires_on < n.decided_on then 'expired' else 'expires' end,
      n.expires_on, n.threshold_days),
    'certification_reminder:' || n.certification_id || ':' || n.expires_on || ':'
      || n.threshold_days,
    n.certification_id,
    n.expires_on,
    n.threshold_days,
    n.nightly_run_id
  from new_reminders as n
  join app_public.mentors as m on m.id = n.mentor_id
  join app_public.certifications as c on c.id = n.certification_id
  join app_public.certification_types as t on t.id = c.certification_type_id
  where n.disposition = 'notified';
  return null;
end;
$$;
comment on function app_private.tg_certification_reminders__notify() is
  'Writes the notification of a reminder in the transaction that decides it (C2).';

create or replace trigger _800_notify
  after insert on app_public.certification_reminders
  referencing new table as new_reminders
  for each statement execute function app_private.tg_certification_reminders__notify();
