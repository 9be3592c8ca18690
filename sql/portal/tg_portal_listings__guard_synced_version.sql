create or replace function app_private.tg_portal_listings__guard_synced_version() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception 'What the portal has confirmed cannot go from version % back to %',
    OLD.synced_version, NEW.synced_version using
    errcode = 'MNVER',
    detail = format('mentor_id=%s', NEW.mentor_id),
    hint = 'Ask for a new sync instead: force_portal_sync.',
    table = TG_TABLE_NAME;
end;
$$;
comment on function app_private.tg_portal_listings__guard_synced_version() is
  'Refuses a confirmed version that is counted down: a late answer never hides a newer one (P6).
Errors: MNVER.';

create or replace trigger _200_guard_synced_version
  before update on app_public.portal_listings
  for each row
  when (NEW.synced_version < OLD.synced_version)
  execute function app_private.tg_portal_listings__guard_synced_version();
