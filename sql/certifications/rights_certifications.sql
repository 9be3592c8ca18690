/*
 * Follows the mentor.
 */
alter table app_public.certifications force row level security;

drop policy if exists owner_all on app_public.certifications;
create policy owner_all on app_public.certifications to current_user using (true);

drop policy if exists select_of_mentor on app_public.certifications;
create policy select_of_mentor on app_public.certifications
  for select to mentor_lifecycle_visitor
  using (
    organization_id = (select app_private.current_organization_id())
    and (select true from app_public.mentors as m where m.id = certifications.mentor_id)
  );

grant select (
  id, organization_id, mentor_id, certification_type_id, valid_from, expires_on, replaced_on,
  revoked_at, revocation_reason, created_at
) on app_public.certifications to mentor_lifecycle_visitor;
