create or replace function app_private.braked_share(run_id uuid) returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select format(
    'The plan pauses, reminds, follows up or hides %s of %s mentors; above %s %% and above %s mentors it waits for a person.',
    affected.mentors, present.mentors, trim_scale(100 * s.brake_share), s.brake_minimum
  )
  from app_public.nightly_runs as r
  join app_public.organization_settings as s on s.organization_id = r.organization_id
  cross join lateral (
    select count(distinct a.mentor_id) as mentors
    from app_public.nightly_run_actions as a
    where a.run_id = r.id
      and a.outcome = 'planned'
      and a.action in ('pause', 'remind', 'follow_up', 'hide')
  ) as affected
  cross join lateral (
    select count(*) as mentors
    from app_public.mentors as m
    where m.organization_id = r.organization_id
      and m.status <> 'retired'
  ) as present
  where r.id = braked_share.run_id
    and affected.mentors > s.brake_minimum
    and affected.mentors > s.brake_share * present.mentors
$$;
comment on function app_private.braked_share(uuid) is
  'Why the planned actions of a run need approval, in a sentence; null if they do not (C11).';
