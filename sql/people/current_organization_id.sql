create or replace function app_private.current_organization_id() returns uuid
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
as $$
  select p.organization_id
  from app_public.people as p
  where p.id = app_public.current_person_id()
$$;
comment on function app_private.current_organization_id() is
  'The organisation of the person who asks; null for nobody. security definer: policies ask it.';
grant execute on function app_private.current_organization_id() to mentor_lifecycle_visitor;
