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
  v_run_on constant date := coalesce(run_on, app_private.local_date(organization_id));
begin
  perform app_private.require_coordinator(organization_id);

  return query
  with decision as (
    select * from app_private.nightly_decisions(nightly_plan.organization_id, v_run_on)
  )
  select * from decision
  union all
  select n.*
  from app_private.nightly_inaction(nightly_plan.organization_id, v_run_on) as n
  where include_unchanged
    and not exists (select from decision as d where d.mentor_id = n.mentor_id);
end;
$$;
comment on function app_public.nightly_plan(uuid, date, boolean) is
  'The preview: what a run for a local date (default today) would do, and why; on request also
whom it would leave alone. The run executes exactly these rows (C10). Reads, never writes.
security definer: the caller may not read the tables. Errors: MNNOT, MNDEN.';
