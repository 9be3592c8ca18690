/*
 * Reads after the assignments were locked: one that is being closed meanwhile is waited for.
 */
create or replace function app_private.require_contact_dates(activity_ids uuid[]) returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
  v_found record;
begin
  with concerned as (
    select act.id, act.organization_id, act.occurred_on
    from app_public.activities as act
    where act.id = any (activity_ids)
      and act.removed_at is null
  ),
  calendar as materialized (
    select o.id, app_private.local_date(o.id) as today
    from app_public.organizations as o
    where o.id in (select c.organization_id from concerned as c)
  ),
  wrong as materialized (
    select c.id, l.assignment_id, p.problem
    from concerned as c
    join calendar as o on o.id = c.organization_id
    left join app_public.activity_assignments as l
      on l.activity_id = c.id
      and l.correction_id is null
    left join app_public.assignments as a on a.id = l.assignment_id
    cross join lateral app_private.contact_date_problem(
      c.occurred_on, a.opened_on, a.closed_on, o.today
    ) as p (problem)
    where p.problem is not null
  )
  select w.* into v_found from wrong as w limit 1;
  if found then
    raise exception '%', v_found.problem using
      errcode = 'MNDAT',
      detail = format('activity_id=%s assignment_id=%s', v_found.id, v_found.assignment_id),
      hint = 'Correct the date, or take back the activity that should not count.',
      table = 'activities';
  end if;
end;
$$;
comment on function app_private.require_contact_dates(uuid[]) is
  'Refuses activities that count and lie in the future or outside the days of one of their
assignments (F2). Errors: MNDAT.';
