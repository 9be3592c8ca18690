create or replace function app_private.require_running(run_id uuid, attempt integer)
returns app_public.nightly_runs
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run app_public.nightly_runs;
begin
  select r.* into v_run
  from app_public.nightly_runs as r
  where r.id = require_running.run_id
  for share;
  if not found then
    raise exception 'There is no such run' using
      errcode = 'MNNOT',
      detail = format('run_id=%s', require_running.run_id);
  end if;
  if v_run.state <> 'running' or v_run.attempt <> require_running.attempt then
    raise exception 'Attempt % of the run is over: it is % in attempt %',
      require_running.attempt, v_run.state, v_run.attempt using
      errcode = 'MNRUN',
      detail = format('run_id=%s', require_running.run_id),
      hint = 'Another process has taken the run over; nothing was written here.';
  end if;
  return v_run;
end;
$$;
comment on function app_private.require_running(uuid, integer) is
  'The run, held so that nobody can take it over before the transaction ends; refuses an attempt
that is no longer the latest. Errors: MNNOT, MNRUN.';
