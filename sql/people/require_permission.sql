/*
 * Who may change a mentor: the mentor, a coordinator whose assignment runs today, an
 * administrator of the chapter or of the organisation. Operators at the database have no person
 * and pass.
 */
create or replace function app_private.require_permission(mentor app_public.mentors) returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_person_id constant uuid := app_public.current_person_id();
begin
  if v_person_id is null
    or v_person_id = mentor.person_id
    or exists (
      select from app_public.coordinator_assignments as ca
      where ca.mentor_id = mentor.id
        and ca.coordinator_id = v_person_id
        and ca.period @> app_private.local_date(mentor.organization_id)
    )
    or exists (
      select from app_public.chapter_administrators as ca
      where ca.chapter_id = mentor.chapter_id
        and ca.person_id = v_person_id
    )
    or app_private.is_organization_administrator(mentor.organization_id)
  then
    return;
  end if;

  raise exception 'You are neither this mentor nor somebody who looks after this mentor' using
    errcode = 'MNDEN',
    hint = 'Ask a coordinator of the mentor or an administrator.',
    detail = format('mentor_id=%s', mentor.id);
end;
$$;
comment on function app_private.require_permission(app_public.mentors) is
  'Returns if the caller may change the mentor. Errors: MNDEN.';
