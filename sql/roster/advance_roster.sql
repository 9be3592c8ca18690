create or replace function app_private.advance_roster(organization_id uuid) returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select app_private.refresh_roster(array(
    select p.mentor_id
    from app_private.roster_positions as p
    where p.organization_id = advance_roster.organization_id
      and p.recompute_on <= app_private.local_date(advance_roster.organization_id)
  ))
$$;
comment on function app_private.advance_roster(uuid) is
  'Refreshes the mentors whose place in the roster has changed because a day has passed: a period
that begins behind a gap, an assignment that was to end. The night does it, and every tick of the
schedule, so that no night need have run (V1).';
