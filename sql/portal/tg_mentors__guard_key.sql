/*
 * The portal knows a mentor by the key. Under another key the old row would stay as it is, perhaps
 * visible for ever.
 */
create or replace function app_private.tg_mentors__guard_key() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_listing app_public.portal_listings;
begin
  select l.* into v_listing
  from app_public.portal_listings as l
  where l.mentor_id = NEW.id
  for no key update;
  if v_listing.lease_token is not null
    or v_listing.write_inflight
    or v_listing.observed_visible
    or v_listing.observed_at is not null and v_listing.condition <> 'synced'
  then
    raise exception 'The key % cannot change while the portal may show the mentor under it',
      OLD.mentor_key using
      errcode = 'MNKEY',
      detail = format('mentor_id=%s', NEW.id),
      hint = 'Pause the mentor, wait until the hide is confirmed, then change the key.',
      table = TG_TABLE_NAME;
  end if;
  perform app_private.forget_portal(array[NEW.id]);
  return NEW;
end;
$$;
comment on function app_private.tg_mentors__guard_key() is
  'Refuses another key for a mentor whom the portal may show, and forgets what the portal had under
the old one (P6). Errors: MNKEY.';

create or replace trigger _200_guard_key
  before update on app_public.mentors
  for each row
  when (NEW.mentor_key <> OLD.mentor_key)
  execute function app_private.tg_mentors__guard_key();
