/*
 * Follows the mentor.
 */
alter table app_public.last_contact_corrections force row level security;

drop policy if exists owner_all on app_public.last_contact_corrections;
create policy owner_all on app_public.last_contact_corrections to current_user using (true);

drop policy if exists select_of_mentor on app_public.last_contact_corrections;
create policy select_of_mentor on app_public.last_contact_corrections
  for select to mentor_lifecycle_visitor
  using (
    (select true from app_public.mentors as m where m.id = last_contact_corrections.mentor_id)
  );

grant select (
  id, assignment_id, mentor_id, previous_contact_on, last_contact_on, reason, corrected_by,
  corrected_at
) on app_public.last_contact_corrections to mentor_lifecycle_visitor;
