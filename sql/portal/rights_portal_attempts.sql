/*
 * Follows the mentor, as the listing: what was tried and how it ended. What the sync needs for
 * itself, and who broke the glass, is not shown.
 */
alter table app_public.portal_attempts force row level security;

drop policy if exists owner_all on app_public.portal_attempts;
create policy owner_all on app_public.portal_attempts to current_user using (true);

drop policy if exists select_of_mentor on app_public.portal_attempts;
create policy select_of_mentor on app_public.portal_attempts
  for select to mentor_lifecycle_visitor
  using (
    organization_id = (select app_private.current_organization_id())
    and (select true from app_public.mentors as m where m.id = portal_attempts.mentor_id)
  );

grant select (
  id, organization_id, mentor_id, outcome, desired_version, visible, visible_until, error_class,
  error_code, error_message, at
) on app_public.portal_attempts to mentor_lifecycle_visitor;
