create or replace function app_private.looks_after_person(person_id uuid) returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select exists (
      select from app_public.mentors as m
      join app_public.people as p on p.id = m.person_id
      where m.organization_id = p.organization_id
        and p.id = looks_after_person.person_id
        and app_private.is_responsible(m)
    )
    or exists (
      select from app_public.people as p
      where p.id = looks_after_person.person_id
        and app_private.is_organization_administrator(p.organization_id)
    )
$$;
comment on function app_private.looks_after_person(uuid) is
  'Whether the caller looks after a mentor who is this person, administers the person''s
organisation, or is an operator.';
