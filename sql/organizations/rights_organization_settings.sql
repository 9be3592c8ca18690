/*
 * Coordinators and administrators see how their nights are set.
 */
alter table app_public.organization_settings force row level security;

drop policy if exists owner_all on app_public.organization_settings;
create policy owner_all on app_public.organization_settings to current_user using (true);

drop policy if exists select_office on app_public.organization_settings;
create policy select_office on app_public.organization_settings
  for select to mentor_lifecycle_visitor
  using (organization_id = (select app_private.office_organization_id()));

grant select on app_public.organization_settings to mentor_lifecycle_visitor;
