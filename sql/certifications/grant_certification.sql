/*
 * A renewal that begins while the former period runs, and ends after it, replaces it from its first
 * day on: courses are taken before the old certificate expires. Any other overlap is a mistake.
 */
create or replace function app_public.grant_certification(
  mentor_id uuid,
  certification_type_id uuid,
  valid_from date,
  expires_on date,
  request_id uuid default null
) returns app_public.certifications
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb := app_private.begin_request(request_id, 'grant_certification',
    jsonb_build_array(mentor_id, certification_type_id, valid_from, expires_on));
  v_mentor app_public.mentors;
  v_certification app_public.certifications;
begin
  if v_answer is not null then
    return jsonb_populate_record(null::app_public.certifications, v_answer);
  end if;

  v_mentor := app_private.lock_mentor(mentor_id);
  perform app_private.require_responsibility(v_mentor);
  perform app_private.require_certification_type(v_mentor.organization_id, certification_type_id);
  if valid_from is null or expires_on is null or expires_on < valid_from
    or valid_from < date '1900-01-01' or expires_on >= date '2200-01-01'
  then
    raise exception 'A certification cannot be valid from % to %', valid_from, expires_on using
      errcode = 'MNDAT',
      hint = 'The last valid day is not before the first, both between 1900 and 2199.';
  end if;

  perform app_private.replace_certification(
    v_mentor.id, certification_type_id, valid_from, expires_on
  );
  insert into app_public.certifications
    (organization_id, mentor_id, certification_type_id, valid_from, expires_on)
  values (
    v_mentor.organization_id,
    v_mentor.id,
    grant_certification.certification_type_id,
    grant_certification.valid_from,
    grant_certification.expires_on
  )
  returning * into v_certification;

  perform app_private.finish_request(request_id, to_jsonb(v_certification));
  return v_certification;
end;
$$;
comment on function app_public.grant_certification(uuid, uuid, date, date, uuid) is
  'Grants a certification from its first to its last valid day. It ends an open pause for
certification if the mentor is covered today, and activates a pending mentor (S5, C4). For
those who look after the mentor, not for the mentor. Returns the certification. security
definer: the caller may not write the tables. Errors: MNNOT, MNDEN, MNDAT, MNREQ.';
grant execute on function app_public.grant_certification(uuid, uuid, date, date, uuid)
  to mentor_lifecycle_visitor;
