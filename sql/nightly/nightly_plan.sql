create or replace function app_public.nightly_plan(
  organization_id uuid,
  run_on date default null,
  include_unchanged boolean default false
) returns setof app_public.nightly_decision
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sees_all constant boolean := app_private.is_organization_administrator(organization_id);
  v_run_on constant date := coalesce(run_on, app_private.local_date(organization_id));
begin
  perform app_private.require_coordinator(organization_id);
  perform app_private.require_possible_night(organization_id, v_run_on);

  return query
  with decision as (
    select * from app_private.nightly_decisions(nightly_plan.organization_id, v_run_on)
  ), everything as (
    select * from decision
    union all
    select n.*
    from app_private.nightly_inaction(nightly_plan.organization_id, v_run_on) as n
    where include_unchanged
      and not exists (select from decision as d where d.mentor_id = n.mentor_id)
  )
  select e.*
  from everything as e
  where v_sees_all
    or e.mentor_id in (
      select app_private.looked_after_mentors(nightly_plan.organization_id)
    );
end;
$$;
comment on function app_public.nightly_plan(uuid, date, boolean) is
  'The preview: what a run for a local date (default today) would do, and why; on request also
whom it would leave alone. The run executes exactly these rows (C10). An administrator
of the organisation sees everybody, others the mentors whom they look after. Reads, never writes.
security definer: the caller may not read the tables. Errors: MNNOT, MNDEN, MNDAT.';
grant execute on function app_public.nightly_plan(uuid, date, boolean) to mentor_lifecycle_visitor;
