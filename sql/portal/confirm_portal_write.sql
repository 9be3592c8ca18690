/*
 * The portal has answered a write with the row as stored. If it stored something else (a rule or
 * a flow of its own), telling it again would change nothing.
 */
create or replace function app_private.confirm_portal_write(
  mentor_id uuid,
  lease_token uuid,
  written_version integer,
  remote app_private.portal_record
) returns text
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_listing app_public.portal_listings;
begin
  select l.* into v_listing
  from app_public.portal_listings as l
  where l.mentor_id = confirm_portal_write.mentor_id
    and l.lease_token = confirm_portal_write.lease_token
  for no key update;
  perform app_private.open_portal_gate('write');
  if v_listing.mentor_id is null then
    return 'lost';
  end if;
  if v_listing.desired_version = written_version
    and (remote.visible, case when remote.visible then remote.visible_until end)
      is distinct from (v_listing.desired_visible, v_listing.desired_until)
  then
    perform app_private.end_portal_attempt(v_listing, 'failed', remote, 'permanent',
      'stored_differently', 'The portal accepted the change and stored something else.');
    return 'failed';
  end if;
  v_listing.desired_version := written_version;
  perform app_private.end_portal_attempt(v_listing, 'written', remote);
  return 'written';
end;
$$;
comment on function app_private.confirm_portal_write(
  uuid, uuid, integer, app_private.portal_record
) is
  'Records a confirmed write of a version of the wish: synced, if it is still the wanted one.
Returns written, failed (the portal stored something else) or lost (the lease is somebody
else''s) (P6).';
