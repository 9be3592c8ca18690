/*
 * Everybody sees the organisation that one belongs to.
 */
alter table app_public.organizations force row level security;

drop policy if exists owner_all on app_public.organizations;
create policy owner_all on app_public.organizations to current_user using (true);

drop policy if exists select_own on app_public.organizations;
create policy select_own on app_public.organizations
  for select to mentor_lifecycle_visitor
  using (id = (select app_private.current_organization_id()));

grant select on app_public.organizations to mentor_lifecycle_visitor;
