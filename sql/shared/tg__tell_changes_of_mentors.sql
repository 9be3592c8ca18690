create or replace function app_private.tg__tell_changes_of_mentors() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.tell_changes(TG_ARGV[0], array_agg(c.organization_id),
    array_agg(c.mentor_id))
  from changed as c
  having count(*) > 0;
  return null;
end;
$$;
comment on function app_private.tg__tell_changes_of_mentors() is
  'Tells dashboards which mentors the changed rows belong to; the argument is the topic.';

create or replace trigger _900_tell_of_insert
  after insert on app_public.assignments
  referencing new table as changed
  for each statement execute function app_private.tg__tell_changes_of_mentors('mentor');
create or replace trigger _900_tell_of_update
  after update on app_public.assignments
  referencing new table as changed
  for each statement execute function app_private.tg__tell_changes_of_mentors('mentor');
create or replace trigger _900_tell_of_delete
  after delete on app_public.assignments
  referencing old table as changed
  for each statement execute function app_private.tg__tell_changes_of_mentors('mentor');
create or replace trigger _900_tell_of_insert
  after insert on app_public.coordinator_assignments
  referencing new table as changed
  for each statement execute function app_private.tg__tell_changes_of_mentors('mentor');
create or replace trigger _900_tell_of_update
  after update on app_public.coordinator_assignments
  referencing new table as changed
  for each statement execute function app_private.tg__tell_changes_of_mentors('mentor');
create or replace trigger _900_tell_of_delete
  after delete on app_public.coordinator_assignments
  referencing old table as changed
  for each statement execute function app_private.tg__tell_changes_of_mentors('mentor');
create or replace trigger _900_tell_of_insert
  after insert on app_public.portal_listings
  referencing new table as changed
  for each statement execute function app_private.tg__tell_changes_of_mentors('portal');
create or replace trigger _900_tell_of_update
  after update on app_public.portal_listings
  referencing new table as changed
  for each statement execute function app_private.tg__tell_changes_of_mentors('portal');
