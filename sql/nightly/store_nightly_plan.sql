create or replace function app_private.store_nightly_plan(run_id uuid) returns integer
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run app_public.nightly_runs;
  v_actions integer;
begin
  select r.* into v_run from app_public.nightly_runs as r where r.id = store_nightly_plan.run_id;

  update app_public.nightly_run_actions as a
  set outcome = 'superseded',
      outcome_detail = format('Attempt %s ended before it was applied.', a.attempt)
  where a.run_id = v_run.id
    and a.outcome = 'planned';

  insert into app_public.nightly_run_actions (
    run_id, attempt, mentor_id, action, pause_id, certification_id, expires_on, threshold_days,
    collapsed_threshold_days, visible_until, reason_code, reason, assignment_id, last_contact_on,
    step, collapsed_steps, decided_at
  )
  select
    v_run.id, v_run.attempt, d.mentor_id, d.action, d.pause_id, d.certification_id, d.expires_on,
    d.threshold_days, d.collapsed_threshold_days, d.visible_until, d.reason_code, d.reason,
    d.assignment_id, d.last_contact_on, d.step, d.collapsed_steps, clock_timestamp()
  from app_private.nightly_decisions(v_run.organization_id, v_run.run_on) as d
  order by d.mentor_id;
  get diagnostics v_actions = row_count;
  -- Until autovacuum comes by, the planner would take a run of a million rows for an empty one.
  if v_actions > 10000 then
    analyze app_public.nightly_run_actions;
  end if;
  return v_actions;
end;
$$;
comment on function app_private.store_nightly_plan(uuid) is
  'Writes the plan of the run''s current attempt into nightly_run_actions; rows that an earlier
attempt left undone are superseded. Returns the number of rows (C10).';
