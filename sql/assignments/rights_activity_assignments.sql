/*
 * Follows the mentor.
 */
alter table app_public.activity_assignments force row level security;

drop policy if exists owner_all on app_public.activity_assignments;
create policy owner_all on app_public.activity_assignments to current_user using (true);

drop policy if exists select_of_mentor on app_public.activity_assignments;
create policy select_of_mentor on app_public.activity_assignments
  for select to mentor_lifecycle_visitor
  using ((select true from app_public.mentors as m where m.id = activity_assignments.mentor_id));

grant select on app_public.activity_assignments to mentor_lifecycle_visitor;
