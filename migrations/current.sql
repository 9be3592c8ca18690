-- Enter migration here

-- The roster asks for the mentors of a status, and for the listings in a condition, also the few
-- that are already synced.
create index mentors_status_idx
  on app_public.mentors (organization_id, status);
create index portal_listings_condition_idx
  on app_public.portal_listings (organization_id, condition);
drop index app_public.portal_listings_unsynced_idx;

comment on column app_public.timeline_entry.at is
  'When; what is known by its date alone stands at the beginning of that date.';
