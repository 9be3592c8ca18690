/*
 * For coordinators and administrators: those that name a mentor follow the mentor.
 */
alter table app_public.discrepancies force row level security;

drop policy if exists owner_all on app_public.discrepancies;
create policy owner_all on app_public.discrepancies to current_user using (true);

drop policy if exists select_office on app_public.discrepancies;
create policy select_office on app_public.discrepancies
  for select to mentor_lifecycle_visitor
  using (
    organization_id = (select app_private.office_organization_id())
    and (
      mentor_id is null
      or (select true from app_public.mentors as m where m.id = discrepancies.mentor_id)
    )
  );

grant select on app_public.discrepancies to mentor_lifecycle_visitor;
