/*
 * A coordinator's own, of any time; and those of a mentor, for whoever may read the mentor. That is
 * asked of a function, because the policy of the mentors reads this table.
 */
alter table app_public.coordinator_assignments force row level security;

drop policy if exists owner_all on app_public.coordinator_assignments;
create policy owner_all on app_public.coordinator_assignments to current_user using (true);

drop policy if exists select_concerned on app_public.coordinator_assignments;
create policy select_concerned on app_public.coordinator_assignments
  for select to mentor_lifecycle_visitor
  using (
    organization_id = (select app_private.current_organization_id())
    and (
      coordinator_id = (select app_public.current_person_id())
      or organization_id = (select app_private.administered_organization_id())
      or app_private.reads_mentor(mentor_id)
    )
  );

grant select on app_public.coordinator_assignments to mentor_lifecycle_visitor;
