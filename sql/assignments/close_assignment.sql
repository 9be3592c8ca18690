create or replace function app_public.close_assignment(
  assignment_id uuid,
  closed_on date default null,
  request_id uuid default null
) returns app_public.assignments
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb := app_private.begin_request(request_id, 'close_assignment',
    jsonb_build_array(assignment_id, closed_on));
  v_assignment app_public.assignments;
  v_today date;
  v_closed_on date;
begin
  if v_answer is not null then
    return jsonb_populate_record(null::app_public.assignments, v_answer);
  end if;

  v_assignment := app_private.lock_assignment(assignment_id);
  v_today := app_private.local_date(v_assignment.organization_id);
  v_closed_on := coalesce(close_assignment.closed_on, v_today);
  if v_closed_on > v_today or v_closed_on < v_assignment.opened_on then
    raise exception 'The assignment cannot have been closed on %', v_closed_on using
      errcode = 'MNDAT',
      detail = format('assignment_id=%s', v_assignment.id),
      hint = format('Give a day from %s to %s.', v_assignment.last_contact_on, v_today);
  end if;

  update app_public.assignments as a
  set closed_on = v_closed_on
  where a.id = v_assignment.id
  returning a.* into v_assignment;
  perform app_private.finish_request(request_id, to_jsonb(v_assignment));
  return v_assignment;
end;
$$;
comment on function app_public.close_assignment(uuid, date, uuid) is
  'Closes an assignment, today or on an earlier day that no contact comes after; again with another
day corrects it. Returns the assignment. security definer: the caller may not write the tables.
Errors: MNNOT, MNDEN, MNDAT, MNREQ.';
grant execute on function app_public.close_assignment(uuid, date, uuid) to mentor_lifecycle_visitor;
