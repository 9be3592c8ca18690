create or replace function app_private.tg__tell_changes() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.tell_changes(TG_ARGV[0], array_agg(c.organization_id), array_agg(c.id))
  from changed as c
  having count(*) > 0;
  return null;
end;
$$;
comment on function app_private.tg__tell_changes() is
  'Tells dashboards which rows changed; the argument is the topic.';

create or replace trigger _900_tell_of_insert
  after insert on app_public.mentors
  referencing new table as changed
  for each statement execute function app_private.tg__tell_changes('mentor');
create or replace trigger _900_tell_of_update
  after update on app_public.mentors
  referencing new table as changed
  for each statement execute function app_private.tg__tell_changes('mentor');
create or replace trigger _900_tell_of_insert
  after insert on app_public.nightly_runs
  referencing new table as changed
  for each statement execute function app_private.tg__tell_changes('run');
create or replace trigger _900_tell_of_update
  after update on app_public.nightly_runs
  referencing new table as changed
  for each statement execute function app_private.tg__tell_changes('run');
