create or replace function app_private.replace_certification(
  mentor_id uuid,
  certification_type_id uuid,
  valid_from date,
  expires_on date
) returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_other app_public.certifications;
begin
  update app_public.certifications as c
  set replaced_on = replace_certification.valid_from
  where c.mentor_id = replace_certification.mentor_id
    and c.certification_type_id = replace_certification.certification_type_id
    and c.revoked_at is null
    and c.replaced_on is null
    and c.valid_from < replace_certification.valid_from
    and c.expires_on >= replace_certification.valid_from
    and c.expires_on < replace_certification.expires_on;

  select c.*
  into v_other
  from app_public.certifications as c
  where c.mentor_id = replace_certification.mentor_id
    and c.certification_type_id = replace_certification.certification_type_id
    and c.revoked_at is null
    and daterange(c.valid_from, coalesce(c.replaced_on, c.expires_on + 1))
      && daterange(replace_certification.valid_from, replace_certification.expires_on, '[]')
  limit 1;
  if found then
    raise exception 'The period % to % overlaps the certification from % to %',
      valid_from, expires_on, v_other.valid_from, v_other.expires_on using
      errcode = 'MNDAT',
      detail = format('certification_id=%s', v_other.id),
      hint = 'A renewal begins after the other one began and ends after it ends.';
  end if;
end;
$$;
comment on function app_private.replace_certification(uuid, uuid, date, date) is
  'Lets a new period replace the one that runs when it begins; refuses any other overlap.
Errors: MNDAT.';
