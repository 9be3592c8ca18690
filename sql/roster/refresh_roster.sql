/*
 * Names, certifications and contacts change under different locks, or under none; so two may be
 * here for one mentor, each with a fact that the other does not see yet. Places are locked in a
 * statement of its own, in the order of the key: who has waited then reads what the other has
 * committed, and two who refresh the same mentors wait for each other and for nothing else.
 *
 * Planned anew at each call, because the same text serves one mentor and a whole organisation.
 */
create or replace function app_private.refresh_roster(mentor_ids uuid[]) returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
begin
  perform
  from app_private.roster_positions as p
  where p.mentor_id = any (mentor_ids)
  order by p.mentor_id
  for no key update;

  insert into app_private.roster_positions as p
  select f.*
  from app_private.roster_facts(mentor_ids) as f
  order by f.mentor_id
  on conflict (mentor_id) do update
  set chapter_id = excluded.chapter_id,
      mentor_key = excluded.mentor_key,
      full_name = excluded.full_name,
      next_expires_on = excluded.next_expires_on,
      quietest_last_contact_on = excluded.quietest_last_contact_on,
      recompute_on = excluded.recompute_on
  where p is distinct from excluded;
end;
$$;
comment on function app_private.refresh_roster(uuid[]) is
  'Brings the places of these mentors in the roster up to date with the facts (V1).';
