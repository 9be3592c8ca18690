alter table app_private.portal_snapshots force row level security;

drop policy if exists owner_all on app_private.portal_snapshots;
create policy owner_all on app_private.portal_snapshots to current_user using (true);
