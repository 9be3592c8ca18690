/*
 * Deleting an activity deletes its links, and only then is the last contact derived. A correction
 * made meanwhile holds the assignment and wants the link; without this each would wait for the
 * other.
 */
create or replace function app_private.tg_activities__lock_assignments() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.lock_assignments(array(
    select l.assignment_id
    from app_public.activity_assignments as l
    where l.activity_id = OLD.id
  ));
  return OLD;
end;
$$;
comment on function app_private.tg_activities__lock_assignments() is
  'Locks the assignments of an activity before its links are deleted with it (F2).';

create or replace trigger _100_lock_assignments
  before delete on app_public.activities
  for each row execute function app_private.tg_activities__lock_assignments();
