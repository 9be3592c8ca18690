alter table app_private.portal_comparisons force row level security;

drop policy if exists owner_all on app_private.portal_comparisons;
create policy owner_all on app_private.portal_comparisons to current_user using (true);
