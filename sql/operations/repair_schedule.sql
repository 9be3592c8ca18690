/*
 * A worker whose clock was ahead leaves an execution in the future behind, and graphile-worker
 * then schedules nothing until real time has passed it. The row is graphile-worker's own; setting
 * it back to now is the documented way out, deleting it would lose what is known about the past.
 */
create or replace function app_private.repair_schedule() returns setof text
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  update graphile_worker._private_known_crontabs as k
  set last_execution = now()
  where k.last_execution > now() + interval '10 minutes'
  returning k.identifier
$$;
comment on function app_private.repair_schedule() is
  'Sets back schedule entries that were executed in the future, by a clock that was wrong, and
returns their identifiers (C5, C9).';
