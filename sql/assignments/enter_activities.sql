/*
 * The assignments are locked first, so that the triggers find nothing that was not found here.
 */
create or replace function app_private.enter_activities(
  activities app_public.activity_input[],
  default_kind text default null
) returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_wrong record;
  v_entered jsonb;
begin
  perform app_private.lock_assignments(array(
    select i.assignment_id from unnest(activities) as i
  ));
  select j.place, j.assignment_id, j.code, j.problem
  into v_wrong
  from app_private.judged_activities(activities, default_kind) as j
  where j.code is not null
  order by j.place
  limit 1;
  if found then
    raise exception '%',
      case when default_kind is null then '' else format('Item %s: ', v_wrong.place) end
      || v_wrong.problem using
      errcode = v_wrong.code,
      detail = format('assignment_id=%s item=%s', v_wrong.assignment_id, v_wrong.place),
      hint = (select e.cure from app_public.error_codes as e where e.code = v_wrong.code);
  end if;

  with judged as materialized (
    select j.*
    from app_private.judged_activities(activities, default_kind) as j
  ),
  grouped as materialized (
    select gen_random_uuid() as id, j.organization_id, j.mentor_id, j.kind, j.occurred_on,
      min(j.place) as place
    from judged as j
    group by j.organization_id, j.mentor_id, j.kind, j.occurred_on
  ),
  entered as (
    insert into app_public.activities
      (id, organization_id, mentor_id, kind, occurred_on, registered_by, registered_at)
    select g.id, g.organization_id, g.mentor_id, g.kind, g.occurred_on, app_private.actor(),
      app_private.clock()
    from grouped as g
    returning *
  ),
  linked as (
    insert into app_public.activity_assignments (activity_id, assignment_id, mentor_id)
    select distinct g.id, j.assignment_id, j.mentor_id
    from judged as j
    join grouped as g
      on (g.mentor_id, g.kind, g.occurred_on) = (j.mentor_id, j.kind, j.occurred_on)
  )
  select jsonb_agg(to_jsonb(e) order by g.place)
  into v_entered
  from entered as e
  join grouped as g on g.id = e.id;
  return coalesce(v_entered, '[]');
end;
$$;
comment on function app_private.enter_activities(app_public.activity_input[], text) is
  'Registers activities, those of one mentor, kind and day as one, or nothing. Returns them as an
array in the order in which they were given (F2). Without a default kind the one that follows from
who registers. Errors: MNNOT, MNDEN, MNACT, MNDAT.';
