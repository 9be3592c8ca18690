create or replace function app_private.tg_portal_listings__count_version() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  NEW.desired_version := OLD.desired_version + 1;
  return NEW;
end;
$$;
comment on function app_private.tg_portal_listings__count_version() is
  'Counts every change of what the website should show, whoever makes it (P1).';

create or replace trigger _100_count_version
  before update on app_public.portal_listings
  for each row
  when (
    (OLD.desired_visible, OLD.desired_until)
      is distinct from (NEW.desired_visible, NEW.desired_until)
  )
  execute function app_private.tg_portal_listings__count_version();
