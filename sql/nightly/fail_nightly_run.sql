create or replace function app_private.fail_nightly_run(
  run_id uuid,
  attempt integer,
  explanation text
) returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  update app_public.nightly_runs as r
  set state = 'failed',
      finished_at = clock_timestamp(),
      explanation = fail_nightly_run.explanation
  where r.id = fail_nightly_run.run_id
    and r.attempt = fail_nightly_run.attempt
    and r.state = 'running'
$$;
comment on function app_private.fail_nightly_run(uuid, integer, text) is
  'Records that an attempt broke off, and why; what it had applied stays, the next attempt does the
rest.';
