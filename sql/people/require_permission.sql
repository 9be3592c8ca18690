create or replace function app_private.require_permission(mentor app_public.mentors) returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if cardinality(app_private.roles_towards(mentor)) = 0 then
    raise exception 'You are neither this mentor nor somebody who looks after this mentor' using
      errcode = 'MNDEN',
      hint = 'Ask a coordinator of the mentor or an administrator.',
      detail = format('mentor_id=%s', mentor.id);
  end if;
end;
$$;
comment on function app_private.require_permission(app_public.mentors) is
  'Returns if the caller may change the mentor: whoever is anything to them. Errors: MNDEN.';
