create or replace function app_public.approve_nightly_run(run_id uuid, request_id uuid default null)
returns app_public.nightly_runs
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb := app_private.begin_request(request_id, 'approve_nightly_run',
    jsonb_build_array(run_id));
  v_clock constant text := coalesce(current_setting('mentor_lifecycle.as_of', true), '');
  v_run app_public.nightly_runs;
begin
  if v_answer is not null then
    return jsonb_populate_record(null::app_public.nightly_runs, v_answer);
  end if;

  select r.* into v_run
  from app_public.nightly_runs as r
  where r.id = approve_nightly_run.run_id;
  if not found then
    raise exception 'There is no such run' using
      errcode = 'MNNOT',
      detail = format('run_id=%s', approve_nightly_run.run_id);
  end if;
  perform app_private.require_organization_administrator(v_run.organization_id);
  perform app_private.lock_nightly_run(v_run.organization_id);
  perform app_private.act_as_of(v_run.organization_id, v_run.run_on);

  select r.* into v_run from app_public.nightly_runs as r where r.id = v_run.id for update;
  if v_run.state <> 'needs_approval' then
    raise exception 'The run does not wait for approval: it is %', v_run.state using
      errcode = 'MNAPR',
      detail = format('run_id=%s', approve_nightly_run.run_id);
  end if;
  update app_public.nightly_runs as r
  set state = 'running',
      approved_at = clock_timestamp(),
      approved_by = app_private.actor()
  where r.id = v_run.id;
  v_run := app_private.complete_nightly_run(v_run.id, v_run.attempt);
  perform set_config('mentor_lifecycle.as_of', v_clock, true);

  perform app_private.finish_request(request_id, to_jsonb(v_run));
  return v_run;
end;
$$;
comment on function app_public.approve_nightly_run(uuid, uuid) is
  'Releases the brake: applies the plan that the run has stored, as far as it is still true (C11).
Returns the ledger row. security definer: the caller may not write the tables.
Errors: MNNOT, MNDEN, MNAPR, MNRUN, MNREQ.';
grant execute on function app_public.approve_nightly_run(uuid, uuid) to mentor_lifecycle_visitor;
