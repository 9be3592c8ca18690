/*
 * Every command starts here: of two callers the second waits for the first and then sees what the
 * first made of the mentor. "no key update" lets rows that merely refer to the mentor be inserted.
 */
create or replace function app_private.lock_mentor(
  mentor_id uuid,
  expected_version integer default null
) returns app_public.mentors
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_mentor app_public.mentors;
begin
  select m.*
  into v_mentor
  from app_public.mentors as m
  where m.id = lock_mentor.mentor_id
  for no key update;
  if not found then
    raise exception 'There is no such mentor' using
      errcode = 'MNNOT',
      detail = format('mentor_id=%s', lock_mentor.mentor_id);
  end if;
  perform app_private.require_permission(v_mentor);
  if v_mentor.version <> expected_version then
    raise exception 'The mentor has changed since you read it: version %, expected %',
      v_mentor.version, expected_version using
      errcode = 'MNVER',
      detail = format('mentor_id=%s version=%s', v_mentor.id, v_mentor.version),
      hint = 'Read the mentor again and decide again.';
  end if;
  return v_mentor;
end;
$$;
comment on function app_private.lock_mentor(uuid, integer) is
  'The mentor, locked for a change; checks permission and version (S1). Errors: MNNOT, MNDEN,
MNVER.';
