create or replace function app_public.pause_mentor(
  mentor_id uuid,
  reason text,
  expected_return_on date default null,
  expected_version integer default null,
  request_id uuid default null
) returns app_public.mentors
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb := app_private.begin_request(request_id, 'pause_mentor',
    jsonb_build_array(mentor_id, reason, expected_return_on, expected_version));
  v_mentor app_public.mentors;
begin
  if v_answer is not null then
    return jsonb_populate_record(null::app_public.mentors, v_answer);
  end if;

  v_mentor := app_private.lock_mentor(mentor_id, expected_version, 'pause_mentor');
  if exists (
    select from app_public.mentor_pauses as p
    where p.mentor_id = v_mentor.id
      and p.kind = 'person'
      and p.ended_at is null
  ) then
    raise exception 'The mentor is already paused' using
      errcode = 'MNAPA',
      detail = format('mentor_id=%s', v_mentor.id),
      hint = 'End the open pause first, or leave it as it is.';
  end if;
  if expected_return_on <= app_private.local_date(v_mentor.organization_id) then
    raise exception 'The planned return on % is not after today', expected_return_on using
      errcode = 'MNDAT',
      hint = 'Give a later day, or none for a pause without a planned return.';
  end if;

  insert into app_public.mentor_pauses
    (mentor_id, cause, reason, started_at, started_by, expected_return_on)
  values (
    v_mentor.id,
    case when v_mentor.person_id = app_public.current_person_id()
      then 'self' else 'coordinator'
    end,
    pause_mentor.reason,
    app_private.clock(),
    app_private.actor(),
    pause_mentor.expected_return_on
  );

  select m.* into v_mentor from app_public.mentors as m where m.id = v_mentor.id;
  perform app_private.finish_request(request_id, to_jsonb(v_mentor));
  return v_mentor;
end;
$$;
comment on function app_public.pause_mentor(uuid, text, date, integer, uuid) is
  'Opens a person''s pause: by the mentor (cause self) or by somebody who looks after the mentor
(cause coordinator). With a planned return the night of that day lifts it. Returns the mentor
(S1, S5). security definer: the caller may not write the tables. Errors: MNNOT, MNDEN, MNVER,
MNAPA, MNTRA, MNDAT, MNREQ.';
grant execute on function app_public.pause_mentor(uuid, text, date, integer, uuid)
  to mentor_lifecycle_visitor;
