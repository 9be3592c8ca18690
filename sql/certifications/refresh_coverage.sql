/*
 * The mentors are locked in a statement of its own: who has waited for a grant, or for other days
 * of grace, then reads what the other has committed.
 *
 * Planned anew at each call, because the same text serves one mentor and a whole organisation.
 */
create or replace function app_private.refresh_coverage(mentor_ids uuid[]) returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
begin
  perform
  from app_public.mentors as m
  where m.id = any (mentor_ids)
  order by m.id
  for no key update;

  update app_public.mentors as m
  set coverage = computed.coverage
  from app_private.coverage(mentor_ids) as computed
  where m.id = computed.mentor_id
    and m.coverage is distinct from computed.coverage;
end;
$$;
comment on function app_private.refresh_coverage(uuid[]) is
  'Brings mentors.coverage of these mentors up to date with their certifications.';
