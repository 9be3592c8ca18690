create or replace function app_private.today() returns date
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
as $$
  select app_private.local_date(p.organization_id)
  from app_public.people as p
  where p.id = app_public.current_person_id()
$$;
comment on function app_private.today() is
  'Today on the calendar of the organisation of the person who asks; null for nobody. security
definer: policies ask it.';
grant execute on function app_private.today() to mentor_lifecycle_visitor;
