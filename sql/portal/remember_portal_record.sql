create or replace function app_private.remember_portal_record(
  listing app_public.portal_listings,
  outcome text,
  remote app_private.portal_record
) returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_found constant text := case outcome
    when 'held' then 'portal_hidden_by_somebody'
    when 'missing' then 'portal_listing_missing'
  end;
begin
  update app_public.portal_listings as l
  -- A row that is missing under its key may have been given another one.
  set remote_id = case outcome when 'missing' then l.remote_id else remote.remote_id end,
      observed_visible = coalesce(remote.visible, false),
      observed_until = remote.visible_until,
      observed_version = remote.version,
      observed_revision = remote.revision,
      observed_at = now()
  where l.mentor_id = listing.mentor_id;

  update app_public.discrepancies as d
  set closed_at = greatest(now(), d.opened_at)
  where d.mentor_id = listing.mentor_id
    and d.source = 'portal'
    and d.closed_at is null
    and d.invariant is distinct from v_found;
  if v_found is not null then
    perform app_private.open_portal_discrepancy(
      listing.organization_id, listing.mentor_id, v_found);
  end if;
end;
$$;
comment on function app_private.remember_portal_record(
  app_public.portal_listings, text, app_private.portal_record
) is
  'Keeps what the portal was seen to show; a row that is not there shows nobody. Opens the
discrepancy that this is, and closes those that have gone (P3).';
