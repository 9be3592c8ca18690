/*
 * No change of a listing without its event, whoever makes it: a command, a night, an import or
 * psql. The event wakes the sync; a lost wake-up is found by the sweep.
 */
create or replace function app_private.tg_portal_listings__record_events() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_reason constant text :=
    nullif(pg_catalog.current_setting('mentor_lifecycle.reason', true), '');
begin
  if TG_OP = 'INSERT' then
    insert into app_public.portal_events
      (organization_id, mentor_id, desired_version, kind, desired_until, mentor_version, reason,
        actor)
    select n.organization_id, n.mentor_id, n.desired_version,
      case when n.desired_visible then 'listing.shown' else 'listing.hidden' end,
      n.desired_until, m.version, v_reason, app_private.actor()
    from new_listings as n
    join app_public.mentors as m on m.id = n.mentor_id;
  else
    insert into app_public.portal_events
      (organization_id, mentor_id, desired_version, kind, desired_until, mentor_version, reason,
        actor)
    select n.organization_id, n.mentor_id, n.desired_version,
      case
        when (n.desired_visible, n.desired_until)
          is not distinct from (o.desired_visible, o.desired_until)
        then 'listing.sync_requested'
        when not n.desired_visible then 'listing.hidden'
        when o.desired_visible then 'listing.until_changed'
        else 'listing.shown'
      end,
      n.desired_until, m.version, v_reason, app_private.actor()
    from new_listings as n
    join old_listings as o on o.mentor_id = n.mentor_id
    join app_public.mentors as m on m.id = n.mentor_id
    where n.desired_version <> o.desired_version;
  end if;
  if found then
    perform app_private.wake_portal_sync();
  end if;
  return null;
end;
$$;
comment on function app_private.tg_portal_listings__record_events() is
  'Writes the portal event of every change of a listing, in the same transaction, and wakes the
sync when that commits (P1, P2).';

create or replace trigger _800_record_events_of_insert
  after insert on app_public.portal_listings
  referencing new table as new_listings
  for each statement execute function app_private.tg_portal_listings__record_events();
create or replace trigger _800_record_events_of_update
  after update on app_public.portal_listings
  referencing new table as new_listings old table as old_listings
  for each statement execute function app_private.tg_portal_listings__record_events();
