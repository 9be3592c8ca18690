/*
 * One job for each transaction. With one key for all, every transaction that changes a listing
 * would wait for the one before it to commit.
 */
create or replace function app_private.wake_portal_sync() returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select from graphile_worker.add_job(
    'portal__sync',
    job_key => 'portal__sync:' || pg_catalog.pg_current_xact_id()::text,
    max_attempts => 3
  )
$$;
comment on function app_private.wake_portal_sync() is
  'Lets the sync look for work as soon as the transaction commits (P2).';
