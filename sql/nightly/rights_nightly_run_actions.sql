/*
 * What a night decided about a mentor: for those who hold an office and may read the mentor. The
 * mentor sees what came of it.
 */
alter table app_public.nightly_run_actions force row level security;

drop policy if exists owner_all on app_public.nightly_run_actions;
create policy owner_all on app_public.nightly_run_actions to current_user using (true);

drop policy if exists select_office on app_public.nightly_run_actions;
create policy select_office on app_public.nightly_run_actions
  for select to mentor_lifecycle_visitor
  using (
    (select app_private.office_organization_id()) is not null
    and (select true from app_public.mentors as m where m.id = nightly_run_actions.mentor_id)
  );

grant select on app_public.nightly_run_actions to mentor_lifecycle_visitor;
