alter table app_private.delivery_gates force row level security;

drop policy if exists owner_all on app_private.delivery_gates;
create policy owner_all on app_private.delivery_gates to current_user using (true);
