/*
 * Follows the mentor.
 */
alter table app_public.assignments force row level security;

drop policy if exists owner_all on app_public.assignments;
create policy owner_all on app_public.assignments to current_user using (true);

drop policy if exists select_of_mentor on app_public.assignments;
create policy select_of_mentor on app_public.assignments
  for select to mentor_lifecycle_visitor
  using (
    organization_id = (select app_private.current_organization_id())
    and (select true from app_public.mentors as m where m.id = assignments.mentor_id)
  );

grant select (
  id, organization_id, mentor_id, assignment_key, client_reference, opened_on, closed_on,
  last_contact_on
) on app_public.assignments to mentor_lifecycle_visitor;
