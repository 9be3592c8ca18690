alter table app_private.portal_gate force row level security;

drop policy if exists owner_all on app_private.portal_gate;
create policy owner_all on app_private.portal_gate to current_user using (true);
