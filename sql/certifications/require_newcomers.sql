/*
 * A silent certification stands in the first row of its mentor's journal. For anybody who was there
 * before it would be a change that nobody journals.
 */
create or replace function app_private.require_newcomers(mentor_ids uuid[]) returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (
    select from app_public.mentors as m
    where m.id = any (mentor_ids)
      and (m.version > 1 or m.enrolled_at <> now())
  ) then
    raise exception 'Only a mentor who is entered at the same time has a silent certification' using
      errcode = 'MNAPP',
      hint = 'Grant the certification instead.',
      table = 'certifications';
  end if;
  perform app_private.require_coverage_of_facts(mentor_ids);
end;
$$;
comment on function app_private.require_newcomers(uuid[]) is
  'Refuses mentors who were not entered in this transaction, or whose coverage is not what their
certifications say. Errors: MNAPP, MNCRT.';
