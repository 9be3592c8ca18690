create or replace function app_private.notify_of_pauses(pause_ids uuid[]) returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into app_public.notifications (
    organization_id, mentor_id, kind, audience, reason, dedupe_key, pause_id, certification_id,
    expires_on, nightly_run_id
  )
  select
    m.organization_id,
    m.id,
    'mentor_paused',
    told.audience,
    p.reason,
    'mentor_paused:' || p.id || ':' || told.audience,
    p.id,
    p.certification_id,
    c.expires_on,
    p.nightly_run_id
  from unnest(pause_ids) as paused (id)
  join app_public.mentor_pauses as p on p.id = paused.id
  join app_public.mentors as m on m.id = p.mentor_id
  left join app_public.certifications as c on c.id = p.certification_id
  join (values
    ('certification', 'mentor'),
    ('certification', 'coordinators'),
    ('self', 'coordinators'),
    ('coordinator', 'mentor')
  ) as told (cause, audience) on told.cause = p.cause
$$;
comment on function app_private.notify_of_pauses(uuid[]) is
  'Writes who is to be told of new pauses: those who did not decide them (C1).';
