/*
 * What to do about a listing, given the portal's row: the one rule of the sync, asked by the sync
 * itself, by the dry run and by the reconciliation.
 *
 * Equal is enough only if no write of ours may still arrive and the row is not an old one:
 * otherwise the row is written although it looks right, which moves its ETag and so defeats
 * whatever was under way.
 */
create or replace function app_private.portal_decision(
  listing app_public.portal_listings,
  remote app_private.portal_record,
  today date
) returns text
language sql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case
    when remote.remote_id is null then
      case when listing.desired_visible then 'missing' else 'absent' end
    when listing.desired_visible
      and listing.held_since is not null
      and (not remote.visible or remote.visible_until < today)
    then 'held'
    when app_private.was_hidden_by_somebody(listing, remote, today) then 'held'
    when remote.visible = listing.desired_visible
      and (not listing.desired_visible
        or remote.visible_until is not distinct from listing.desired_until)
      and not listing.write_inflight
      and not app_private.is_portal_record_older(remote, listing)
    then 'unchanged'
    else 'write'
  end
$$;
comment on function app_private.portal_decision(
  app_public.portal_listings, app_private.portal_record, date
) is
  'write, unchanged (it is so already), absent (to be hidden, and not there), missing (to be shown,
and not there) or held (somebody hid the mentor, and we do not show again) (P3, P6).';
