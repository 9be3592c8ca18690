/*
 * Mentors may pause, return and retire. What others have to judge, they may not decide about
 * themselves: whether they are certified, and whether they come back after they have retired.
 */
create or replace function app_private.require_responsibility(mentor app_public.mentors)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if not app_private.is_responsible(mentor) then
    raise exception 'Mentors may not do this for themselves' using
      errcode = 'MNDEN',
      hint = 'Ask a coordinator of the mentor or an administrator.',
      detail = format('mentor_id=%s', mentor.id);
  end if;
end;
$$;
comment on function app_private.require_responsibility(app_public.mentors) is
  'Returns if the caller looks after the mentor. Errors: MNDEN.';
