create or replace function app_public.resume_mentor(
  mentor_id uuid,
  expected_version integer default null,
  request_id uuid default null
) returns app_public.mentors
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb := app_private.begin_request(request_id, 'resume_mentor',
    jsonb_build_array(mentor_id, expected_version));
  v_mentor app_public.mentors;
begin
  if v_answer is not null then
    return jsonb_populate_record(null::app_public.mentors, v_answer);
  end if;

  v_mentor := app_private.lock_mentor(mentor_id, expected_version, 'resume_mentor');
  update app_public.mentor_pauses as p
  set ended_at = greatest(app_private.clock(), p.started_at),
      ended_by = app_private.actor(),
      end_cause = 'resumed'
  where p.mentor_id = v_mentor.id
    and p.kind = 'person'
    and p.ended_at is null;
  if not found and v_mentor.status = 'paused' then
    raise exception 'The mentor is paused because a required certification is not valid' using
      errcode = 'MNCRT',
      detail = format('mentor_id=%s', v_mentor.id),
      hint = 'Grant or correct the certification; the pause then ends by itself.';
  elsif not found then
    raise exception 'The mentor is not paused' using
      errcode = 'MNNPA',
      detail = format('mentor_id=%s status=%s', v_mentor.id, v_mentor.status);
  end if;

  select m.* into v_mentor from app_public.mentors as m where m.id = v_mentor.id;
  perform app_private.finish_request(request_id, to_jsonb(v_mentor));
  return v_mentor;
end;
$$;
comment on function app_public.resume_mentor(uuid, integer, uuid) is
  'Ends the pause that a person opened. While a pause for certification is open too, the mentor
stays paused until the certification is renewed. Returns the mentor (S1, S5, S6). security
definer: the caller may not write the tables. Errors: MNNOT, MNDEN, MNVER, MNNPA, MNCRT, MNREQ.';
grant execute on function app_public.resume_mentor(uuid, integer, uuid) to mentor_lifecycle_visitor;
