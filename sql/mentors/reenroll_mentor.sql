create or replace function app_public.reenroll_mentor(
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
  v_answer jsonb := app_private.begin_request(request_id, 'reenroll_mentor',
    jsonb_build_array(mentor_id, expected_version));
  v_mentor app_public.mentors;
begin
  if v_answer is not null then
    return jsonb_populate_record(null::app_public.mentors, v_answer);
  end if;

  v_mentor := app_private.lock_mentor(mentor_id, expected_version, 'reenroll_mentor');
  perform app_private.require_responsibility(v_mentor);
  if v_mentor.status <> 'retired' then
    raise exception 'Only a retired mentor can be enrolled again; this one is %', v_mentor.status
    using
      errcode = 'MNTRA',
      detail = format('mentor_id=%s', v_mentor.id);
  end if;
  update app_public.mentors as m set status = 'pending' where m.id = v_mentor.id;
  perform app_private.settle_certification(array[v_mentor.id]);

  select m.* into v_mentor from app_public.mentors as m where m.id = v_mentor.id;
  perform app_private.finish_request(request_id, to_jsonb(v_mentor));
  return v_mentor;
end;
$$;
comment on function app_public.reenroll_mentor(uuid, integer, uuid) is
  'Brings a retired mentor back as pending, and on to active if still certified. For those
who look after the mentor, not for the mentor. Returns the mentor (S1). security definer: the
caller may not write the tables. Errors: MNNOT, MNDEN, MNVER, MNTRA, MNREQ.';
grant execute on function app_public.reenroll_mentor(uuid, integer, uuid)
  to mentor_lifecycle_visitor;
