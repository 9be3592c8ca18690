create or replace function app_private.release_portal_listing(mentor_id uuid, lease_token uuid)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  update app_public.portal_listings as l
  set lease_token = null,
      lease_until = null
  where l.mentor_id = release_portal_listing.mentor_id
    and l.lease_token = release_portal_listing.lease_token
$$;
comment on function app_private.release_portal_listing(uuid, uuid) is
  'Gives a lease back without an outcome; it is nobody''s failure and counts for nothing (P6).';
