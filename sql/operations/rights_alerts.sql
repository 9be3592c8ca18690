/*
 * For coordinators and administrators of the organisation concerned; those about the whole system
 * for administrators of an organisation, who may also acknowledge them.
 */
alter table app_public.alerts force row level security;

drop policy if exists owner_all on app_public.alerts;
create policy owner_all on app_public.alerts to current_user using (true);

drop policy if exists select_office on app_public.alerts;
create policy select_office on app_public.alerts
  for select to mentor_lifecycle_visitor
  using (
    organization_id = (select app_private.office_organization_id())
    or organization_id is null and (select app_private.is_any_administrator())
  );

grant select on app_public.alerts to mentor_lifecycle_visitor;
