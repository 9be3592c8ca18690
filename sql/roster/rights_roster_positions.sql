/*
 * Read by roster_page alone, with the owner's rights.
 */
alter table app_private.roster_positions force row level security;

drop policy if exists owner_all on app_private.roster_positions;
create policy owner_all on app_private.roster_positions to current_user using (true);
