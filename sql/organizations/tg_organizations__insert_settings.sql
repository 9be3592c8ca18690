create or replace function app_private.tg_organizations__insert_settings() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into app_public.organization_settings (organization_id) values (NEW.id);
  return null;
end;
$$;
comment on function app_private.tg_organizations__insert_settings() is
  'Gives every new organisation the default settings.';

create or replace trigger _500_insert_settings
  after insert on app_public.organizations
  for each row execute function app_private.tg_organizations__insert_settings();
