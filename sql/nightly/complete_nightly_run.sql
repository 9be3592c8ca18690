create or replace function app_private.complete_nightly_run(run_id uuid, attempt integer)
returns app_public.nightly_runs
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_last_mentor_id uuid;
  v_mentor_count integer;
begin
  loop
    select b.last_mentor_id, b.mentor_count
    into v_last_mentor_id, v_mentor_count
    from app_private.apply_nightly_batch(run_id, attempt, v_last_mentor_id) as b;
    exit when v_mentor_count = 0;
  end loop;
  while app_private.apply_locked_mentor(run_id, attempt) loop
    null;
  end loop;
  return app_private.finish_nightly_run(run_id, attempt);
end;
$$;
comment on function app_private.complete_nightly_run(uuid, integer) is
  'Applies a running attempt to its end within one transaction. Returns the ledger row. Errors:
MNRUN.';
