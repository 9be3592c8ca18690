create or replace function app_public.current_person() returns app_public.people
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select p.*
  from app_public.people as p
  where p.id = app_public.current_person_id()
$$;
comment on function app_public.current_person() is
  'The person who asks; null for a token that the organisation does not know. security definer: the
caller may not read every column.';
grant execute on function app_public.current_person() to mentor_lifecycle_visitor;
