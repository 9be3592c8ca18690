create or replace function app_private.tg_notifications__wake() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from new_notifications) then
    perform app_private.wake_dispatch();
  end if;
  return null;
end;
$$;
comment on function app_private.tg_notifications__wake() is
  'Wakes the dispatch when the transaction that has something to tell commits.';

create or replace trigger _900_wake
  after insert on app_public.notifications
  referencing new table as new_notifications
  for each statement execute function app_private.tg_notifications__wake();
