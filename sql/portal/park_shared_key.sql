create or replace function app_private.park_shared_key(listing app_public.portal_listings)
returns boolean
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_key text;
begin
  select m.mentor_key into v_key from app_public.mentors as m where m.id = listing.mentor_id;
  if app_private.portal_key_owner(v_key) = listing.mentor_id then
    return false;
  end if;
  perform app_private.end_portal_attempt(listing, 'failed', null, 'permanent', 'key_shared',
    app_private.portal_attention_sentence('shared_key'));
  return true;
end;
$$;
comment on function app_private.park_shared_key(app_public.portal_listings) is
  'Puts a listing before a person if its key belongs to another association''s mentor; true if it
did.';
