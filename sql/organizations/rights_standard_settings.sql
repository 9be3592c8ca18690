alter table app_private.standard_settings force row level security;

drop policy if exists owner_all on app_private.standard_settings;
create policy owner_all on app_private.standard_settings to current_user using (true);
