create or replace function app_private.tg_activities__stamp() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  NEW.registered_by := app_private.actor();
  return NEW;
end;
$$;
comment on function app_private.tg_activities__stamp() is
  'Names who registers an activity, if the row does not.';

create or replace trigger _100_stamp
  before insert on app_public.activities
  for each row
  when (NEW.registered_by is null)
  execute function app_private.tg_activities__stamp();
