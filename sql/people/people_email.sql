create or replace function app_public.people_email(person app_public.people) returns text
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select p.email
  from app_public.people as p
  where p.id = person.id
    and (
      p.id = app_public.current_person_id()
      or app_private.looks_after_person(p.id)
      or exists (
        select from app_public.coordinator_assignments as ca
        join app_public.mentors as m on m.id = ca.mentor_id
        where ca.organization_id = p.organization_id
          and ca.coordinator_id = p.id
          and ca.period @> app_private.local_date(p.organization_id)
          and m.person_id = app_public.current_person_id()
      )
    )
$$;
comment on function app_public.people_email(app_public.people) is
  'The e-mail address: for the person, for those who look after this mentor, for the mentors of this
coordinator, and for administrators of the organisation; null for everybody else. security definer:
the caller may not read the column.';
grant execute on function app_public.people_email(app_public.people) to mentor_lifecycle_visitor;
