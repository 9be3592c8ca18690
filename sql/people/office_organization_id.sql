create or replace function app_private.office_organization_id() returns uuid
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
as $$
  select p.organization_id
  from app_public.people as p
  where p.id = app_public.current_person_id()
    and (
      exists (select from app_public.coordinators as c where c.person_id = p.id)
      or exists (
        select from app_public.chapter_administrators as ca
        where ca.organization_id = p.organization_id
          and ca.person_id = p.id
      )
      or exists (select from app_public.organization_administrators as oa where oa.person_id = p.id)
    )
$$;
comment on function app_private.office_organization_id() is
  'The organisation of which the person who asks is a coordinator, or an administrator of the whole
or of a chapter; null for everybody else. security definer: policies ask it.';
grant execute on function app_private.office_organization_id() to mentor_lifecycle_visitor;
