alter table app_private.import_rows force row level security;

drop policy if exists owner_all on app_private.import_rows;
create policy owner_all on app_private.import_rows to current_user using (true);
