/*
 * Whose name one may know: one's own, those of the mentors whom one may read and of their
 * coordinators, and those who hold an office, for those who hold one. An administrator of the
 * organisation knows everybody.
 *
 * An address or a telephone number is nobody's business but of those whom people_email and
 * people_phone let through, and a login is nobody's.
 */
alter table app_public.people force row level security;

drop policy if exists owner_all on app_public.people;
create policy owner_all on app_public.people to current_user using (true);

drop policy if exists select_concerned on app_public.people;
create policy select_concerned on app_public.people
  for select to mentor_lifecycle_visitor
  using (
    organization_id = (select app_private.current_organization_id())
    and (
      id = (select app_public.current_person_id())
      or organization_id = (select app_private.administered_organization_id())
      or (
        select true from app_public.mentors as m
        where m.organization_id = people.organization_id
          and m.person_id = people.id
        limit 1
      )
      or (
        select true from app_public.coordinator_assignments as ca
        where ca.organization_id = people.organization_id
          and ca.coordinator_id = people.id
        limit 1
      )
      or (
        select true from app_public.coordinators as c
        where c.organization_id = people.organization_id
          and c.person_id = people.id
      )
      or (
        select true from app_public.chapter_administrators as ca
        where ca.organization_id = people.organization_id
          and ca.person_id = people.id
        limit 1
      )
      or (
        select true from app_public.organization_administrators as oa
        where oa.organization_id = people.organization_id
          and oa.person_id = people.id
      )
    )
  );

grant select (
  id, organization_id, full_name, locale, created_at
) on app_public.people to mentor_lifecycle_visitor;
