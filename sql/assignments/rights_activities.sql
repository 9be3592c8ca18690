/*
 * Follows the mentor.
 */
alter table app_public.activities force row level security;

drop policy if exists owner_all on app_public.activities;
create policy owner_all on app_public.activities to current_user using (true);

drop policy if exists select_of_mentor on app_public.activities;
create policy select_of_mentor on app_public.activities
  for select to mentor_lifecycle_visitor
  using (
    organization_id = (select app_private.current_organization_id())
    and (select true from app_public.mentors as m where m.id = activities.mentor_id)
  );

grant select on app_public.activities to mentor_lifecycle_visitor;
