/*
 * "for share" keeps an activity that was there before from being moved to another day until this
 * transaction ends: who moves it reads its links, and would not see the new one.
 */
create or replace function app_private.tg_activity_assignments__derive_last_contact()
returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_activities uuid[] := '{}';
  v_assignments uuid[];
begin
  if TG_OP = 'DELETE' then
    v_assignments := array(select o.assignment_id from old_links as o);
  else
    v_activities := array(select distinct n.activity_id from new_links as n);
    v_assignments := array(select n.assignment_id from new_links as n);
  end if;

  if TG_OP = 'INSERT' then
    perform
    from app_public.activities as act
    where act.id = any (v_activities)
    order by act.id
    for share;
  end if;
  perform app_private.lock_assignments(v_assignments);
  perform app_private.require_contact_dates(v_activities);
  perform app_private.derive_last_contacts(v_assignments);
  return null;
end;
$$;
comment on function app_private.tg_activity_assignments__derive_last_contact() is
  'Lets the last contact follow from the activities that are linked to an assignment, whoever links
them, and refuses impossible days (F2). Errors: MNDAT.';

create or replace trigger _500_derive_last_contact_after_insert
  after insert on app_public.activity_assignments
  referencing new table as new_links
  for each statement
  execute function app_private.tg_activity_assignments__derive_last_contact();
create or replace trigger _500_derive_last_contact_after_update
  after update on app_public.activity_assignments
  referencing new table as new_links
  for each statement
  execute function app_private.tg_activity_assignments__derive_last_contact();
create or replace trigger _500_derive_last_contact_after_delete
  after delete on app_public.activity_assignments
  referencing old table as old_links
  for each statement
  execute function app_private.tg_activity_assignments__derive_last_contact();
