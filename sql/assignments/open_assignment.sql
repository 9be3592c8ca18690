create or replace function app_public.open_assignment(
  mentor_id uuid,
  assignment_key text,
  client_reference text,
  opened_on date default null,
  request_id uuid default null
) returns app_public.assignments
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb := app_private.begin_request(request_id, 'open_assignment',
    jsonb_build_array(mentor_id, assignment_key, client_reference, opened_on));
  v_mentor app_public.mentors;
  v_today date;
  v_assignment app_public.assignments;
begin
  if v_answer is not null then
    return jsonb_populate_record(null::app_public.assignments, v_answer);
  end if;

  v_mentor := app_private.lock_mentor(mentor_id);
  if v_mentor.status = 'retired' then
    raise exception 'A mentor who has retired gets no new assignment' using
      errcode = 'MNTRA',
      detail = format('mentor_id=%s', v_mentor.id),
      hint = 'Enrol the mentor again first.';
  end if;
  v_today := app_private.local_date(v_mentor.organization_id);
  if opened_on > v_today or opened_on < date '1900-01-01' then
    raise exception 'An assignment cannot have been opened on %', opened_on using
      errcode = 'MNDAT',
      hint = 'Give a day that is not after today, or none for today.';
  end if;

  insert into app_public.assignments
    (organization_id, mentor_id, assignment_key, client_reference, opened_on)
  values (
    v_mentor.organization_id,
    v_mentor.id,
    open_assignment.assignment_key,
    open_assignment.client_reference,
    coalesce(open_assignment.opened_on, v_today)
  )
  returning * into v_assignment;

  perform app_private.finish_request(request_id, to_jsonb(v_assignment));
  return v_assignment;
end;
$$;
comment on function app_public.open_assignment(uuid, text, text, date, uuid) is
  'Opens an assignment of a mentor with one client, who is named by an opaque reference; today if no
day is given. Returns the assignment. security definer: the caller may not write the tables.
Errors: MNNOT, MNDEN, MNTRA, MNDAT, MNREQ; a key that is taken is refused by the constraint that
names it.';
grant execute on function app_public.open_assignment(uuid, text, text, date, uuid)
  to mentor_lifecycle_visitor;
