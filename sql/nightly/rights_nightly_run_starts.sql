/*
 * Coordinators and administrators see every start of their nights, also those that were refused.
 */
alter table app_public.nightly_run_starts force row level security;

drop policy if exists owner_all on app_public.nightly_run_starts;
create policy owner_all on app_public.nightly_run_starts to current_user using (true);

drop policy if exists select_office on app_public.nightly_run_starts;
create policy select_office on app_public.nightly_run_starts
  for select to mentor_lifecycle_visitor
  using (organization_id = (select app_private.office_organization_id()));

grant select on app_public.nightly_run_starts to mentor_lifecycle_visitor;
