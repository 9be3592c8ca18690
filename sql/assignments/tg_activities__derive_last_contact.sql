/*
 * A new activity concerns no assignment before it is linked; that is another table's trigger.
 *
 * An activity with another date is new knowledge: a correction that was made before takes it out no
 * longer.
 */
create or replace function app_private.tg_activities__derive_last_contact() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_moved uuid[];
  v_changed uuid[];
  v_assignments uuid[];
begin
  if TG_OP = 'INSERT' then
    perform app_private.require_contact_dates(array(select n.id from new_activities as n));
    return null;
  end if;

  v_moved := array(
    select c.id
    from (
      select n.id, n.occurred_on from new_activities as n
      except
      select o.id, o.occurred_on from old_activities as o
    ) as c
  );
  v_changed := v_moved || array(
    select c.id
    from (
      select n.id, n.removed_at is null from new_activities as n
      except
      select o.id, o.removed_at is null from old_activities as o
    ) as c
  );
  if cardinality(v_changed) = 0 then
    return null;
  end if;

  v_assignments := array(
    select l.assignment_id
    from app_public.activity_assignments as l
    where l.activity_id = any (v_changed)
  );
  perform app_private.lock_assignments(v_assignments);
  update app_public.activity_assignments as l
  set correction_id = null
  where l.activity_id = any (v_moved)
    and l.correction_id is not null;
  perform app_private.require_contact_dates(v_changed);
  perform app_private.derive_last_contacts(v_assignments);
  return null;
end;
$$;
comment on function app_private.tg_activities__derive_last_contact() is
  'Lets the last contact follow from activities that were moved to another day, taken back or put
back, and refuses impossible days (F2). Errors: MNDAT.';

create or replace trigger _500_guard_dates_after_insert
  after insert on app_public.activities
  referencing new table as new_activities
  for each statement execute function app_private.tg_activities__derive_last_contact();
create or replace trigger _500_derive_last_contact_after_update
  after update on app_public.activities
  referencing new table as new_activities old table as old_activities
  for each statement execute function app_private.tg_activities__derive_last_contact();
