drop function if exists app_private.explain_night(app_public.mentors, date);

create or replace function app_private.explain_night(
  mentor app_public.mentors,
  on_date date,
  has_office boolean
) returns setof app_public.explanation
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select null::integer, 'night', format('the night of %s', on_date), told.verdict, told.code,
    told.sentence, told.at, null::uuid, null::uuid, told.run_id, null::uuid, null::uuid
  from (
    select r.id as run_id, recorded.*
    from app_public.nightly_runs as r
    cross join lateral app_private.recorded_night(r, has_office) as recorded
    where r.organization_id = mentor.organization_id
      and r.run_on = on_date
    union all
    select null, missing.*
    from app_private.unrecorded_night(mentor.organization_id, on_date) as missing
  ) as told
$$;
comment on function app_private.explain_night(app_public.mentors, date, boolean) is
  'Whether the night of a date ran, and if not, why; part of explain_mentor.';
