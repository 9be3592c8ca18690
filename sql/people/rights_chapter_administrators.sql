/*
 * One's own office; and everybody's, for those who hold one in the same organisation.
 */
alter table app_public.chapter_administrators force row level security;

drop policy if exists owner_all on app_public.chapter_administrators;
create policy owner_all on app_public.chapter_administrators to current_user using (true);

drop policy if exists select_office on app_public.chapter_administrators;
create policy select_office on app_public.chapter_administrators
  for select to mentor_lifecycle_visitor
  using (
    person_id = (select app_public.current_person_id())
    or organization_id = (select app_private.office_organization_id())
  );

grant select on app_public.chapter_administrators to mentor_lifecycle_visitor;
