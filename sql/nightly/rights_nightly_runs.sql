/*
 * Coordinators and administrators see what became of their nights.
 */
alter table app_public.nightly_runs force row level security;

drop policy if exists owner_all on app_public.nightly_runs;
create policy owner_all on app_public.nightly_runs to current_user using (true);

drop policy if exists select_office on app_public.nightly_runs;
create policy select_office on app_public.nightly_runs
  for select to mentor_lifecycle_visitor
  using (organization_id = (select app_private.office_organization_id()));

grant select on app_public.nightly_runs to mentor_lifecycle_visitor;
