/*
 * Follows the mentor. What the sync needs for itself is not shown.
 */
alter table app_public.portal_listings force row level security;

drop policy if exists owner_all on app_public.portal_listings;
create policy owner_all on app_public.portal_listings to current_user using (true);

drop policy if exists select_of_mentor on app_public.portal_listings;
create policy select_of_mentor on app_public.portal_listings
  for select to mentor_lifecycle_visitor
  using (
    organization_id = (select app_private.current_organization_id())
    and (select true from app_public.mentors as m where m.id = portal_listings.mentor_id)
  );

grant select (
  mentor_id, organization_id, desired_visible, desired_until, desired_version, changed_at,
  condition, pending_since, synced_version, synced_at, observed_visible, observed_until,
  observed_at, held_since, attempts, next_attempt_at, error_class, error_code, error_message
) on app_public.portal_listings to mentor_lifecycle_visitor;
