alter table app_private.command_requests force row level security;

drop policy if exists owner_all on app_private.command_requests;
create policy owner_all on app_private.command_requests to current_user using (true);
