/*
 * Follows the mentor.
 */
alter table app_public.portal_events force row level security;

drop policy if exists owner_all on app_public.portal_events;
create policy owner_all on app_public.portal_events to current_user using (true);

drop policy if exists select_of_mentor on app_public.portal_events;
create policy select_of_mentor on app_public.portal_events
  for select to mentor_lifecycle_visitor
  using (
    organization_id = (select app_private.current_organization_id())
    and (select true from app_public.mentors as m where m.id = portal_events.mentor_id)
  );

grant select on app_public.portal_events to mentor_lifecycle_visitor;
