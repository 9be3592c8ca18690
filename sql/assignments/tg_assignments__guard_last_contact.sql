/*
 * An assignment that is found to have opened later has its first day for the moment; what follows
 * from the facts is derived next.
 *
 * Here and in the triggers beside it, rows before and after are compared with "except" and then
 * looked up by key: a join of the two is planned once in a session, for as many rows as the first
 * statement had.
 */
create or replace function app_private.tg_assignments__guard_last_contact() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
  v_written uuid[];
  v_reopened uuid[];
  v_wrong uuid[];
begin
  v_written := array(
    select c.id
    from (
      select n.id, n.last_contact_on from new_assignments as n
      except
      select o.id, o.last_contact_on from old_assignments as o
    ) as c
  );
  if cardinality(v_written) = 0 then
    return null;
  end if;

  v_reopened := array(
    select c.id
    from (
      select n.id, n.opened_on from new_assignments as n
      except
      select o.id, o.opened_on from old_assignments as o
    ) as c
  );
  v_wrong := array(
    select a.id
    from app_private.last_contacts(v_written) as derived
    join app_public.assignments as a on a.id = derived.assignment_id
    where a.last_contact_on <> derived.last_contact_on
      and not (a.last_contact_on = a.opened_on and a.id = any (v_reopened))
  );
  if cardinality(v_wrong) > 0 then
    raise exception 'The last contact of an assignment is not written by hand' using
      errcode = 'MNCON',
      detail = format('assignment_id=%s', v_wrong[1]),
      hint = 'Register an activity, or correct the last contact with correct_last_contact.',
      table = TG_TABLE_NAME;
  end if;
  return null;
end;
$$;
comment on function app_private.tg_assignments__guard_last_contact() is
  'Refuses a last contact that does not follow from the facts (F2). Errors: MNCON.';

create or replace trigger _200_guard_last_contact
  after update on app_public.assignments
  referencing new table as new_assignments old table as old_assignments
  for each statement execute function app_private.tg_assignments__guard_last_contact();
