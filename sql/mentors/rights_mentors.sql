/*
 * Who may read a mentor, and with the mentor everything that belongs to the mentor: the mentor; a
 * coordinator whose assignment runs today; administrators of the chapter and of the organisation.
 *
 * The coordinator's is a look-up in an index for each row, not a join: a page costs what it shows,
 * however many mentors the chapter has. The others are known before the first row is read.
 *
 * All columns are granted: a function that takes a mentor can be called only by who may read the
 * whole row.
 */
alter table app_public.mentors force row level security;

drop policy if exists owner_all on app_public.mentors;
create policy owner_all on app_public.mentors to current_user using (true);

drop policy if exists select_concerned on app_public.mentors;
create policy select_concerned on app_public.mentors
  for select to mentor_lifecycle_visitor
  using (
    organization_id = (select app_private.current_organization_id())
    and (
      person_id = (select app_public.current_person_id())
      or organization_id = (select app_private.administered_organization_id())
      or chapter_id = any ((select app_private.administered_chapter_ids())::uuid[])
      or (
        select true from app_public.coordinator_assignments as ca
        where ca.organization_id = mentors.organization_id
          and ca.mentor_id = mentors.id
          and ca.coordinator_id = (select app_public.current_person_id())
          and ca.period @> (select app_private.today())
      )
    )
  );

grant select on app_public.mentors to mentor_lifecycle_visitor;
