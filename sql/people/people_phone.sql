create or replace function app_public.people_phone(person app_public.people) returns text
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select p.phone
  from app_public.people as p
  where p.id = person.id
    and (p.id = app_public.current_person_id() or app_private.looks_after_person(p.id))
$$;
comment on function app_public.people_phone(app_public.people) is
  'The telephone number: for the person, for those who look after this mentor, and for
administrators of the organisation; null for everybody else. security definer: the caller may not
read the column.';
grant execute on function app_public.people_phone(app_public.people) to mentor_lifecycle_visitor;
