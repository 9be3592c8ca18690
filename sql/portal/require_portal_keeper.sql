/*
 * Who hid a mentor in the portal had a reason. The mentor may not undo that alone, though mentors
 * may pause and resume themselves.
 */
create or replace function app_private.require_portal_keeper(mentor app_public.mentors)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if mentor.person_id = app_public.current_person_id() then
    raise exception 'Mentors may not force the sync of their own listing' using
      errcode = 'MNDEN',
      detail = format('mentor_id=%s', mentor.id),
      hint = 'Ask a coordinator or an administrator.';
  end if;
end;
$$;
comment on function app_private.require_portal_keeper(app_public.mentors) is
  'Returns unless the caller is the mentor. Errors: MNDEN.';
