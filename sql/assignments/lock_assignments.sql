/*
 * Whoever changes a fact about last contact locks the assignments before recomputing, in this order
 * and in a statement of its own: the one that waited then reads what the other has committed.
 * Activities are locked before assignments, assignments before the rows that link them.
 *
 * "no key update" lets rows that merely refer to the assignment be inserted.
 */
create or replace function app_private.lock_assignments(assignment_ids uuid[]) returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform
  from app_public.assignments as a
  where a.id = any (assignment_ids)
  order by a.id
  for no key update;
end;
$$;
comment on function app_private.lock_assignments(uuid[]) is
  'Locks assignments for a change of their last contact until the transaction ends (F2).';
