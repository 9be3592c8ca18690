create or replace function app_public.run_nightly(
  organization_id uuid,
  run_on date default null,
  request_id uuid default null
) returns app_public.nightly_runs
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb := app_private.begin_request(request_id, 'run_nightly',
    jsonb_build_array(organization_id, run_on));
  v_clock constant text := coalesce(current_setting('mentor_lifecycle.as_of', true), '');
  v_run app_public.nightly_runs;
begin
  if v_answer is not null then
    return jsonb_populate_record(null::app_public.nightly_runs, v_answer);
  end if;
  perform app_private.require_night_starter(organization_id, run_on);
  perform app_private.lock_nightly_run(organization_id);

  v_run := app_private.start_nightly_run(organization_id,
    coalesce(run_on, app_private.local_date(organization_id)));
  if v_run.state = 'running' then
    v_run := app_private.complete_nightly_run(v_run.id, v_run.attempt);
  end if;
  perform set_config('mentor_lifecycle.as_of', v_clock, true);

  perform app_private.finish_request(request_id, to_jsonb(v_run));
  return v_run;
end;
$$;
comment on function app_public.run_nightly(uuid, date, uuid) is
  'Runs the night of a local date (default today) in one transaction, or shows what became of it.
Safe to repeat: what was done is not done twice (C2, C8). For coordinators, administrators
and service tokens (C9); a day to come for administrators of the organisation. Returns the ledger
row; state needs_approval means that the brake stopped it (C11). security definer: the caller may
not write the tables. Errors: MNNOT, MNDEN, MNDAT, MNRUN, MNREQ.';
grant execute on function app_public.run_nightly(uuid, date, uuid) to mentor_lifecycle_visitor;
