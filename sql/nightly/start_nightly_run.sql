/*
 * Opens an attempt: ledger row, missed nights, plan, brake. The caller holds the overlap lock, so a
 * row that still says "running" belongs to a process that died; this attempt takes it over, and the
 * attempt's number fences the dead one should it wake up.
 *
 * A run never goes back in time: for a date before the latest run there is nothing left to act on.
 * Only today's runs all the same, should somebody have run a date to come by hand.
 */
create or replace function app_private.start_nightly_run(organization_id uuid, run_on date)
returns app_public.nightly_runs
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_today constant boolean := run_on = app_private.local_date(organization_id);
  v_run app_public.nightly_runs;
  v_later app_public.nightly_runs;
  v_brake text;
  v_is_approved boolean;
begin
  if v_is_today is null then
    raise exception 'A nightly run needs an organisation that exists and a date' using
      errcode = case when run_on is null then 'MNDAT' else 'MNNOT' end,
      detail = format('organization_id=%s', organization_id);
  end if;
  perform app_private.require_possible_night(organization_id, run_on);
  perform app_private.act_as_of(organization_id, run_on);

  select r.* into v_later
  from app_public.nightly_runs as r
  where r.organization_id = start_nightly_run.organization_id
    and r.run_on > start_nightly_run.run_on
    and r.state <> 'planned'
    and not v_is_today
  order by r.run_on desc
  limit 1;
  insert into app_public.nightly_runs as r
    (organization_id, run_on, state, covered_by_run_id, explanation)
  values (
    start_nightly_run.organization_id,
    start_nightly_run.run_on,
    case when v_later.id is null then 'planned' else 'skipped' end,
    v_later.id,
    case
      when v_later.id is not null
      then format('The run of %s had already acted on later facts.', v_later.run_on)
    end
  )
  on conflict on constraint nightly_runs_once_per_date do nothing;
  select r.* into v_run
  from app_public.nightly_runs as r
  where r.organization_id = start_nightly_run.organization_id
    and r.run_on = start_nightly_run.run_on
  for update;
  if v_run.state = 'skipped' and not v_is_today or v_later.id is not null then
    return v_run;
  end if;

  perform app_private.cover_missed_nights(v_run.id);
  if v_is_today then
    perform app_private.advance_roster(v_run.organization_id);
  end if;
  v_is_approved := v_run.state = 'running' and v_run.approved_at is not null;
  update app_public.nightly_runs as r
  set state = case r.state when 'needs_approval' then r.state else 'running' end,
      attempt = r.attempt + 1,
      started_at = clock_timestamp(),
      finished_at = null,
      covered_by_run_id = null,
      explanation = null
  where r.id = v_run.id;
  insert into app_public.nightly_run_starts (organization_id, run_on, outcome, attempt, actor)
  values (v_run.organization_id, v_run.run_on, 'started', v_run.attempt + 1, app_private.actor());
  perform app_private.store_nightly_plan(v_run.id);

  v_brake := app_private.braked_share(v_run.id);
  update app_public.nightly_runs as r
  set state = case when v_brake is null or v_is_approved then 'running' else 'needs_approval' end,
      explanation = case when not v_is_approved then v_brake end,
      approved_at = case when v_is_approved then r.approved_at end,
      approved_by = case when v_is_approved then r.approved_by end
  where r.id = v_run.id
  returning r.* into v_run;
  return v_run;
end;
$$;
comment on function app_private.start_nightly_run(uuid, date) is
  'Starts or takes over the run of an organisation and date and stores its plan. Returns the
ledger row: running (apply it), needs_approval (the brake) or skipped (a later run covered it).
Starting a run that has ended or waits for approval plans again; an approval holds for one plan.
The caller holds the overlap lock. Errors: MNDAT, MNNOT.';
