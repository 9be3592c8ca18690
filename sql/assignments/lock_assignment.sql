create or replace function app_private.lock_assignment(assignment_id uuid)
returns app_public.assignments
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_assignment app_public.assignments;
  v_mentor app_public.mentors;
begin
  select a.*
  into v_assignment
  from app_public.assignments as a
  where a.id = lock_assignment.assignment_id
  for no key update;
  if not found then
    raise exception 'There is no such assignment' using
      errcode = 'MNNOT',
      detail = format('assignment_id=%s', lock_assignment.assignment_id);
  end if;
  select m.* into v_mentor from app_public.mentors as m where m.id = v_assignment.mentor_id;
  perform app_private.require_permission(v_mentor);
  return v_assignment;
end;
$$;
comment on function app_private.lock_assignment(uuid) is
  'The assignment, locked for a change, if the caller may change its mentor. Errors: MNNOT, MNDEN.';
