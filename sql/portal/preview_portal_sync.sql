/*
 * The question of the dry run. What would become of the listing before the portal is told (forced:
 * force_portal_sync; another environment: forget_portal) is done to a copy, so that nothing is
 * locked or changed and the very rule of the sync answers.
 */
create or replace function app_private.preview_portal_sync(
  mentor_id uuid,
  remote app_private.portal_record,
  is_forced boolean default false,
  is_new_environment boolean default false
) returns table (decision text, visible boolean, visible_until date)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_listing app_public.portal_listings;
  v_key text;
begin
  select l.* into v_listing
  from app_public.portal_listings as l
  where l.mentor_id = preview_portal_sync.mentor_id;
  select m.mentor_key into v_key from app_public.mentors as m where m.id = v_listing.mentor_id;

  if is_forced or is_new_environment then
    v_listing.desired_version := v_listing.desired_version + 1;
    v_listing.observed_revision := null;
    v_listing.observed_visible := null;
  end if;
  if is_forced then
    v_listing.held_since := null;
  end if;
  if is_new_environment then
    v_listing.observed_until := null;
    v_listing.observed_version := null;
    v_listing.write_inflight := false;
  end if;
  return query select
    case
      when app_private.portal_key_owner(v_key) <> v_listing.mentor_id then 'shared_key'
      else app_private.portal_decision(v_listing, remote,
        app_private.local_date(v_listing.organization_id, now()))
    end,
    v_listing.desired_visible,
    v_listing.desired_until;
end;
$$;
comment on function app_private.preview_portal_sync(
  uuid, app_private.portal_record, boolean, boolean
) is
  'What a sync would do about a mentor''s listing now, given the portal''s row: see portal_decision;
or shared_key, if the key belongs to another association''s mentor. Changes nothing (P8).';
