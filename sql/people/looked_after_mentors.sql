create or replace function app_private.looked_after_mentors(organization_id uuid)
returns setof uuid
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select m.id
  from app_public.mentors as m
  where m.organization_id = looked_after_mentors.organization_id
    and app_private.is_organization_administrator(looked_after_mentors.organization_id)
  union
  select m.id
  from app_public.mentors as m
  join app_public.chapter_administrators as ca on ca.chapter_id = m.chapter_id
  where m.organization_id = looked_after_mentors.organization_id
    and ca.person_id = app_public.current_person_id()
  union
  select ca.mentor_id
  from app_public.coordinator_assignments as ca
  where ca.organization_id = looked_after_mentors.organization_id
    and ca.coordinator_id = app_public.current_person_id()
    and ca.period @> app_private.local_date(looked_after_mentors.organization_id)
$$;
comment on function app_private.looked_after_mentors(uuid) is
  'The mentors of an organisation for whom is_responsible is true.';
