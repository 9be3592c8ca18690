create or replace function app_private.import_seeded_reminders(
  organization_id uuid,
  import_id uuid,
  as_of date
) returns table (subject text, outcome text, amount bigint, message text)
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  with seeded as (
    insert into app_public.certification_reminders
      (mentor_id, certification_id, expires_on, threshold_days, disposition, decided_on)
    select distinct c.mentor_id, c.id, c.expires_on, t.threshold_days, 'seeded', as_of
    from app_private.import_mentor_records(import_id) as r
    join app_public.mentors as m
      on m.organization_id = import_seeded_reminders.organization_id
      and m.mentor_key = r.mentor_key
    join app_public.certifications as c on c.mentor_id = m.id
    join app_private.certification_rules as rule
      on rule.certification_type_id = c.certification_type_id
    cross join lateral unnest(rule.threshold_days) as t (threshold_days)
    where c.revoked_at is null
      and c.expires_on - as_of <= t.threshold_days
      and c.expires_on + rule.grace_days >= as_of
    on conflict on constraint certification_reminders_once do nothing
    returning mentor_id
  )
  select 'reminders', 'not armed', count(*), null from seeded
$$;
comment on function app_private.import_seeded_reminders(uuid, uuid, date) is
  'Marks every reminder that is due for the mentors of a file as dealt with, so that none is sent
(C11); part of a summary.';
