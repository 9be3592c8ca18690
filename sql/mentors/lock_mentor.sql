/*
 * Every command starts here: of two callers the second waits for the first and then sees what the
 * first made of the mentor. "no key update" lets rows that merely refer to the mentor be inserted.
 *
 * A caller whose version is outdated is refused, and the detail says whether the intent still holds
 * (S4). The API then comes again with the version of now in mentor_lifecycle.expected_version,
 * beside the caller's own: a repeat of the request is recognised by the latter.
 */
create or replace function app_private.lock_mentor(
  mentor_id uuid,
  expected_version integer default null,
  command text default null
) returns app_public.mentors
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_mentor app_public.mentors;
  v_version constant integer := coalesce(
    nullif(current_setting('mentor_lifecycle.expected_version', true), '')::integer,
    expected_version
  );
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
  if expected_version is not null and v_mentor.version <> v_version then
    raise exception 'The mentor has changed since you read it: version %, expected %',
      v_mentor.version, expected_version using
      errcode = 'MNVER',
      detail = format('mentor_id=%s version=%s intent_holds=%s', v_mentor.id, v_mentor.version,
        coalesce(app_private.intent_holds(command, mentor_id, expected_version), false)),
      hint = 'Read the mentor again and decide again.';
  end if;
  return v_mentor;
end;
$$;
comment on function app_private.lock_mentor(uuid, integer, text) is
  'The mentor, locked for a change by a command; checks permission and version (S1, S4). Errors:
MNNOT, MNDEN, MNVER.';
