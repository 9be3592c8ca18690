/*
 * Everybody sees what the own organisation requires.
 */
alter table app_public.certification_types force row level security;

drop policy if exists owner_all on app_public.certification_types;
create policy owner_all on app_public.certification_types to current_user using (true);

drop policy if exists select_own on app_public.certification_types;
create policy select_own on app_public.certification_types
  for select to mentor_lifecycle_visitor
  using (organization_id = (select app_private.current_organization_id()));

grant select on app_public.certification_types to mentor_lifecycle_visitor;
