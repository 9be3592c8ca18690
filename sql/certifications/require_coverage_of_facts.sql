create or replace function app_private.require_coverage_of_facts(mentor_ids uuid[]) returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
  v_mentor_id uuid;
begin
  select m.id
  into v_mentor_id
  from app_private.coverage(mentor_ids) as computed
  join app_public.mentors as m on m.id = computed.mentor_id
  where m.coverage <> computed.coverage
  limit 1;
  if found then
    raise exception 'The coverage written for a mentor contradicts the certifications' using
      errcode = 'MNCRT',
      detail = format('mentor_id=%s', v_mentor_id),
      hint = 'Coverage follows from certifications: grant or correct one instead of writing it.',
      table = 'mentors';
  end if;
end;
$$;
comment on function app_private.require_coverage_of_facts(uuid[]) is
  'Refuses mentors whose stored coverage is not what their certifications say. Errors: MNCRT.';
