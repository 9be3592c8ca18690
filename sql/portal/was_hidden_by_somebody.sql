/*
 * The row differs from what the portal had confirmed, and not by us: it is not an old one, and
 * nothing of ours is under way. If something is, the version tells: each write of ours carries its
 * own, so a row that has the confirmed or the wanted one, and hides, was hidden by somebody else.
 */
create or replace function app_private.was_hidden_by_somebody(
  listing app_public.portal_listings,
  remote app_private.portal_record,
  today date
) returns boolean
language sql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select listing.desired_visible
    and (not remote.visible
      or remote.visible_until < today
        and remote.visible_until is distinct from listing.desired_until
        and remote.visible_until is distinct from listing.observed_until)
    and (remote.version = listing.desired_version
      or coalesce(listing.observed_visible, false)
        and not app_private.is_portal_record_older(remote, listing)
        and (not listing.write_inflight or remote.version = listing.observed_version))
$$;
comment on function app_private.was_hidden_by_somebody(
  app_public.portal_listings, app_private.portal_record, date
) is
  'Whether a mentor who should be visible was hidden in the portal by somebody else than us (P3).';
