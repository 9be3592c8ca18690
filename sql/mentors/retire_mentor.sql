create or replace function app_public.retire_mentor(
  mentor_id uuid,
  reason text,
  expected_version integer default null,
  request_id uuid default null
) returns app_public.mentors
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb := app_private.begin_request(request_id, 'retire_mentor',
    jsonb_build_array(mentor_id, reason, expected_version));
  v_mentor app_public.mentors;
begin
  if v_answer is not null then
    return jsonb_populate_record(null::app_public.mentors, v_answer);
  end if;

  v_mentor := app_private.lock_mentor(mentor_id, expected_version, 'retire_mentor');
  if v_mentor.status = 'retired' then
    raise exception 'The mentor has retired already' using
      errcode = 'MNTRA',
      detail = format('mentor_id=%s', v_mentor.id);
  end if;
  perform set_config('mentor_lifecycle.reason', reason::app_public.note, true);
  update app_public.mentors as m set status = 'retired' where m.id = v_mentor.id;
  perform set_config('mentor_lifecycle.reason', '', true);

  select m.* into v_mentor from app_public.mentors as m where m.id = v_mentor.id;
  perform app_private.finish_request(request_id, to_jsonb(v_mentor));
  return v_mentor;
end;
$$;
comment on function app_public.retire_mentor(uuid, text, integer, uuid) is
  'Ends a mentor''s engagement and every open pause. Returns the mentor (S1).
security definer: the caller may not write the tables.
Errors: MNNOT, MNDEN, MNVER, MNTRA, MNREQ.';
grant execute on function app_public.retire_mentor(uuid, text, integer, uuid)
  to mentor_lifecycle_visitor;
