create or replace function app_private.coordinated_mentors(coordinator_id uuid)
returns setof uuid
language sql
stable
as $$
  select ca.mentor_id
  from app_public.people as p
  join app_public.coordinator_assignments as ca
    on ca.organization_id = p.organization_id
    and ca.coordinator_id = p.id
    and ca.period @> app_private.local_date(p.organization_id)
  where p.id = coordinated_mentors.coordinator_id
$$;
comment on function app_private.coordinated_mentors(uuid) is
  'The mentors whose coordinator a person is today.';
