/*
 * Everybody sees the chapters of the own organisation.
 */
alter table app_public.chapters force row level security;

drop policy if exists owner_all on app_public.chapters;
create policy owner_all on app_public.chapters to current_user using (true);

drop policy if exists select_own on app_public.chapters;
create policy select_own on app_public.chapters
  for select to mentor_lifecycle_visitor
  using (organization_id = (select app_private.current_organization_id()));

grant select on app_public.chapters to mentor_lifecycle_visitor;
