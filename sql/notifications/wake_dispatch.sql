create or replace function app_private.wake_dispatch() returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select from graphile_worker.add_job(
    'notifications__dispatch',
    job_key => 'notifications__dispatch:' || pg_catalog.pg_current_xact_id()::text,
    max_attempts => 3
  )
$$;
comment on function app_private.wake_dispatch() is
  'Lets the dispatch look for work as soon as the transaction commits: one job for each
transaction, so that none waits for another.';
