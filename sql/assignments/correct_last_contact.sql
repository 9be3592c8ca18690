create or replace function app_public.correct_last_contact(
  assignment_id uuid,
  last_contact_on date,
  reason text,
  request_id uuid default null
) returns app_public.assignments
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb := app_private.begin_request(request_id, 'correct_last_contact',
    jsonb_build_array(assignment_id, last_contact_on, reason));
  v_assignment app_public.assignments;
begin
  if v_answer is not null then
    return jsonb_populate_record(null::app_public.assignments, v_answer);
  end if;

  v_assignment := app_private.lock_assignment(assignment_id);
  if not exists (
    select from app_public.mentors as m
    where m.id = v_assignment.mentor_id
      and app_private.roles_towards(m)
        && array['operator', 'chapter_administrator', 'organization_administrator']
  ) then
    raise exception 'Only an administrator of the chapter or the organisation may do this' using
      errcode = 'MNDEN',
      detail = format('assignment_id=%s', v_assignment.id),
      hint = 'Register an activity, take one back, or ask an administrator.';
  end if;
  if last_contact_on is null then
    raise exception 'A correction says on which day the last contact was' using
      errcode = 'MNDAT',
      hint = 'Give the first day if there was no contact since.';
  end if;

  insert into app_public.last_contact_corrections
    (assignment_id, mentor_id, last_contact_on, reason)
  values (v_assignment.id, v_assignment.mentor_id, correct_last_contact.last_contact_on,
    correct_last_contact.reason);

  select a.* into v_assignment from app_public.assignments as a where a.id = v_assignment.id;
  perform app_private.finish_request(request_id, to_jsonb(v_assignment));
  return v_assignment;
end;
$$;
comment on function app_public.correct_last_contact(uuid, date, text, uuid) is
  'Says on which day the last contact on an assignment really was, earlier or later than known, and
why. What was known until now counts no more; what is registered later does. Returns the
assignment (F3). security definer: the caller may not write the tables. Errors: MNNOT, MNDEN,
MNDAT, MNREQ.';
grant execute on function app_public.correct_last_contact(uuid, date, text, uuid)
  to mentor_lifecycle_visitor;
