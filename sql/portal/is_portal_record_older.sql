/*
 * A portal that answers from a replica, or was restored, returns a row that is older than what it
 * has confirmed before. Dataverse's ETag holds a row version that only grows.
 */
create or replace function app_private.is_portal_record_older(
  remote app_private.portal_record,
  listing app_public.portal_listings
) returns boolean
language sql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(
    nullif(remote.version < listing.observed_version, false),
    substring(remote.revision from '^W/"(\d{1,18})"$')::bigint
      < substring(listing.observed_revision from '^W/"(\d{1,18})"$')::bigint,
    false
  )
$$;
comment on function app_private.is_portal_record_older(
  app_private.portal_record, app_public.portal_listings
) is
  'Whether the portal''s row is from before what it has confirmed: a stale read, or an environment
that was restored (P3, P6).';
