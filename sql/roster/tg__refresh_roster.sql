create or replace function app_private.tg__refresh_roster() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.refresh_roster(array(select distinct c.mentor_id from changed as c));
  return null;
end;
$$;
comment on function app_private.tg__refresh_roster() is
  'Lets mentors take their place in the roster after a change of what it follows from (V1).';

create or replace trigger _600_refresh_roster_after_insert
  after insert on app_public.certifications
  referencing new table as changed
  for each statement execute function app_private.tg__refresh_roster();
create or replace trigger _600_refresh_roster_after_update
  after update on app_public.certifications
  referencing new table as changed
  for each statement execute function app_private.tg__refresh_roster();
create or replace trigger _600_refresh_roster_after_insert
  after insert on app_public.assignments
  referencing new table as changed
  for each statement execute function app_private.tg__refresh_roster();
create or replace trigger _600_refresh_roster_after_update
  after update on app_public.assignments
  referencing new table as changed
  for each statement execute function app_private.tg__refresh_roster();
create or replace trigger _600_refresh_roster_after_delete
  after delete on app_public.assignments
  referencing old table as changed
  for each statement execute function app_private.tg__refresh_roster();
