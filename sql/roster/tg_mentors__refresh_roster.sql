/*
 * A new mentor has no certification and no assignment yet; those that an import brings along in
 * the same statement come by their own triggers, before or after. A night changes many mentors and
 * none of these columns; it must not pay for the roster.
 */
create or replace function app_private.tg_mentors__refresh_roster() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_mentor_ids uuid[];
begin
  if TG_OP = 'INSERT' then
    perform app_private.hold_rules(n.organization_id, false)
    from (select distinct e.organization_id from new_mentors as e) as n
    order by n.organization_id;
    perform
    from app_public.people as p
    where p.id in (select n.person_id from new_mentors as n)
    order by p.id
    for share;
    insert into app_private.roster_positions
      (mentor_id, organization_id, chapter_id, mentor_key, full_name)
    select n.id, n.organization_id, n.chapter_id, n.mentor_key, p.full_name
    from new_mentors as n
    join app_public.people as p on p.id = n.person_id
    on conflict (mentor_id) do nothing;
    return null;
  end if;

  v_mentor_ids := array(
    select n.id
    from new_mentors as n
    join old_mentors as o on o.id = n.id
    where (n.chapter_id, n.person_id, n.mentor_key)
      is distinct from (o.chapter_id, o.person_id, o.mentor_key)
  );
  if cardinality(v_mentor_ids) > 0 then
    perform
    from app_public.people as p
    where p.id in (select n.person_id from new_mentors as n where n.id = any (v_mentor_ids))
    order by p.id
    for share;
    perform app_private.refresh_roster(v_mentor_ids);
  end if;
  return null;
end;
$$;
comment on function app_private.tg_mentors__refresh_roster() is
  'Gives a new mentor a place in the roster, and another one to who has moved (V1).';

create or replace trigger _600_refresh_roster_after_insert
  after insert on app_public.mentors
  referencing new table as new_mentors
  for each statement execute function app_private.tg_mentors__refresh_roster();
create or replace trigger _600_refresh_roster_after_update
  after update on app_public.mentors
  referencing new table as new_mentors old table as old_mentors
  for each statement execute function app_private.tg_mentors__refresh_roster();
