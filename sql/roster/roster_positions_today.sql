/*
 * Positions are advanced by schedule. Between midnight and then, or while nothing is scheduled, a
 * row says all the same what is true today; only its place is still yesterday's.
 */
create or replace function app_private.roster_positions_today(mentor_ids uuid[])
returns setof app_private.roster_positions
language plpgsql
stable
rows 100
set search_path = pg_catalog, pg_temp
as $$
declare
  v_late_ids constant uuid[] := array(
    select p.mentor_id
    from app_private.roster_positions as p
    where p.mentor_id = any (mentor_ids)
      and p.recompute_on <= app_private.local_date(p.organization_id)
  );
begin
  return query
  select p.*
  from app_private.roster_positions as p
  where p.mentor_id = any (mentor_ids)
    and p.mentor_id <> all (v_late_ids);

  if v_late_ids <> '{}' then
    return query select * from app_private.roster_facts(v_late_ids);
  end if;
end;
$$;
comment on function app_private.roster_positions_today(uuid[]) is
  'What the roster keeps about the mentors, as of today also if a day has passed since (V1).';
