create or replace function app_public.force_portal_sync(
  mentor_id uuid,
  request_id uuid default null
) returns app_public.portal_listings
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb := app_private.begin_request(request_id, 'force_portal_sync',
    jsonb_build_array(mentor_id));
  v_listing app_public.portal_listings;
begin
  if v_answer is not null then
    return jsonb_populate_record(null::app_public.portal_listings, v_answer);
  end if;

  perform app_private.require_portal_keeper(app_private.lock_mentor(mentor_id));
  -- The gate before the listing, as everybody locks them.
  perform app_private.hasten_portal_gate();
  -- Whoever forces it has seen the portal: what it was known to show makes no hide somebody's.
  update app_public.portal_listings as l
  set observed_visible = null
  where l.mentor_id = force_portal_sync.mentor_id;
  perform app_private.request_portal_sync(array[mentor_id], 'forced');

  select l.* into v_listing
  from app_public.portal_listings as l
  where l.mentor_id = force_portal_sync.mentor_id;
  perform app_private.finish_request(request_id, to_jsonb(v_listing));
  return v_listing;
end;
$$;
comment on function app_public.force_portal_sync(uuid, uuid) is
  'Reads the mentor''s row in the portal again and tells it what is wanted, also if somebody hid the
mentor there. For those who look after the mentor, not for the mentor. Returns the listing (P3,
P5). security definer: the caller may not write the tables. Errors: MNNOT, MNDEN, MNREQ.';
grant execute on function app_public.force_portal_sync(uuid, uuid) to mentor_lifecycle_visitor;
