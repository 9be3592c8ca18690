create or replace function app_private.administered_organization_id() returns uuid
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
as $$
  select oa.organization_id
  from app_public.organization_administrators as oa
  where oa.person_id = app_public.current_person_id()
$$;
comment on function app_private.administered_organization_id() is
  'The organisation that the person who asks administers; null for everybody else. security definer:
policies ask it.';
grant execute on function app_private.administered_organization_id() to mentor_lifecycle_visitor;
