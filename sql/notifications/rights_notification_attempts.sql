alter table app_public.notification_attempts force row level security;

drop policy if exists owner_all on app_public.notification_attempts;
create policy owner_all on app_public.notification_attempts to current_user using (true);
