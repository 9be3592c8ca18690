create or replace function app_public.revoke_certification(
  certification_id uuid,
  reason text,
  request_id uuid default null
) returns app_public.certifications
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb := app_private.begin_request(request_id, 'revoke_certification',
    jsonb_build_array(certification_id, reason));
  v_certification app_public.certifications;
begin
  if v_answer is not null then
    return jsonb_populate_record(null::app_public.certifications, v_answer);
  end if;

  select c.*
  into v_certification
  from app_public.certifications as c
  where c.id = revoke_certification.certification_id;
  if not found then
    raise exception 'There is no such certification' using
      errcode = 'MNNOT',
      detail = format('certification_id=%s', revoke_certification.certification_id);
  end if;
  perform app_private.require_responsibility(
    app_private.lock_mentor(v_certification.mentor_id)
  );

  update app_public.certifications as c
  set revoked_at = app_private.clock(),
      revocation_reason = revoke_certification.reason
  where c.id = v_certification.id
    and c.revoked_at is null;
  if not found then
    raise exception 'The certification was revoked before' using
      errcode = 'MNTRA',
      detail = format('certification_id=%s', v_certification.id);
  end if;
  perform app_private.restore_certification(v_certification.id);

  select c.* into v_certification from app_public.certifications as c
  where c.id = v_certification.id;
  perform app_private.finish_request(request_id, to_jsonb(v_certification));
  return v_certification;
end;
$$;
comment on function app_public.revoke_certification(uuid, text, uuid) is
  'Takes a certification back, with a reason. A mentor who is no longer covered is paused and
hidden at once, and those concerned are told (C4). A period that it had replaced runs on.
For those who look after the mentor, not for the mentor.
security definer: the caller may not write the tables. Errors: MNNOT, MNDEN, MNTRA, MNREQ.';
grant execute on function app_public.revoke_certification(uuid, text, uuid)
  to mentor_lifecycle_visitor;
