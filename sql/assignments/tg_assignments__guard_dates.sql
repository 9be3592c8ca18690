/*
 * An assignment that was closed before its last contact when this was not refused yet stays as it
 * is until its last day or its last contact changes.
 */
create or replace function app_private.tg_assignments__guard_dates() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
  v_moved uuid[];
  v_changed uuid[];
  v_wrong app_public.assignments;
begin
  v_moved := array(
    select c.id
    from (
      select n.id, n.opened_on, n.closed_on from new_assignments as n
      except
      select o.id, o.opened_on, o.closed_on from old_assignments as o
    ) as c
  );
  if cardinality(v_moved) > 0 then
    perform app_private.require_contact_dates(array(
      select l.activity_id
      from app_public.activity_assignments as l
      where l.assignment_id = any (v_moved)
        and l.correction_id is null
    ));
  end if;

  v_changed := array(
    select c.id
    from (
      select n.id, n.closed_on, n.last_contact_on from new_assignments as n
      except
      select o.id, o.closed_on, o.last_contact_on from old_assignments as o
    ) as c
  );
  select a.*
  into v_wrong
  from app_public.assignments as a
  where a.id = any (v_changed)
    and a.closed_on < a.last_contact_on
  limit 1;
  if found then
    raise exception 'An assignment cannot be closed on %, before its last contact on %',
      v_wrong.closed_on, v_wrong.last_contact_on using
      errcode = 'MNDAT',
      detail = format('assignment_id=%s', v_wrong.id),
      hint = 'Correct the last day, or the last contact.',
      table = TG_TABLE_NAME;
  end if;
  return null;
end;
$$;
comment on function app_private.tg_assignments__guard_dates() is
  'Refuses a first day after a contact and a last day before one (F2). Errors: MNDAT.';

create or replace trigger _800_guard_dates
  after update on app_public.assignments
  referencing new table as new_assignments old table as old_assignments
  for each statement execute function app_private.tg_assignments__guard_dates();
