create or replace function app_private.record_refused_start(
  organization_id uuid,
  run_on date default null
) returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into app_public.nightly_run_starts (organization_id, run_on, outcome, actor)
  select o.id, coalesce(record_refused_start.run_on, app_private.local_date(o.id)), 'refused',
    app_private.actor()
  from app_public.organizations as o
  where o.id = record_refused_start.organization_id
$$;
comment on function app_private.record_refused_start(uuid, date) is
  'Logs that a run (default today''s) was not started because one was active. Called in a transaction of
its own, since the refusal has ended the other (F4).';
