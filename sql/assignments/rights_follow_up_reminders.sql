/*
 * Follows the mentor.
 */
alter table app_public.follow_up_reminders force row level security;

drop policy if exists owner_all on app_public.follow_up_reminders;
create policy owner_all on app_public.follow_up_reminders to current_user using (true);

drop policy if exists select_of_mentor on app_public.follow_up_reminders;
create policy select_of_mentor on app_public.follow_up_reminders
  for select to mentor_lifecycle_visitor
  using ((select true from app_public.mentors as m where m.id = follow_up_reminders.mentor_id));

grant select on app_public.follow_up_reminders to mentor_lifecycle_visitor;
