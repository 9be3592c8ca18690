create or replace function app_private.apply_locked_mentor(run_id uuid, attempt integer)
returns boolean
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set lock_timeout = '2s'
as $$
declare
  v_actor constant text := coalesce(current_setting('mentor_lifecycle.actor', true), '');
  v_patience constant timestamptz := clock_timestamp() + interval '2 seconds';
  v_run app_public.nightly_runs;
  v_mentor_id uuid;
begin
  v_run := app_private.require_running(run_id, attempt);
  perform app_private.act_as_of(v_run.organization_id, v_run.run_on);

  select a.mentor_id into v_mentor_id
  from app_public.nightly_run_actions as a
  where a.run_id = apply_locked_mentor.run_id
    and a.attempt = apply_locked_mentor.attempt
    and a.outcome = 'planned'
  order by a.mentor_id
  limit 1;
  if not found then
    return false;
  end if;

  begin
    perform from app_public.mentors as m where m.id = v_mentor_id for no key update;
    while app_private.lock_followed_up(run_id, attempt, array[v_mentor_id]) = '{}' loop
      if clock_timestamp() > v_patience then
        raise lock_not_available;
      end if;
      perform pg_sleep(0.05);
    end loop;
  exception when lock_not_available or deadlock_detected then
    update app_public.nightly_run_actions as a
    set outcome = 'failed',
        outcome_detail =
          format('%s: Somebody else kept the mentor or an assignment locked.', sqlstate)
    where a.run_id = apply_locked_mentor.run_id
      and a.attempt = apply_locked_mentor.attempt
      and a.mentor_id = v_mentor_id
      and a.outcome = 'planned';
    return true;
  end;
  perform set_config('mentor_lifecycle.actor', 'nightly', true);
  perform set_config('mentor_lifecycle.nightly_run_id', run_id::text, true);
  perform app_private.apply_nightly_safely(run_id, attempt, array[v_mentor_id]);
  perform set_config('mentor_lifecycle.nightly_run_id', '', true);
  perform set_config('mentor_lifecycle.actor', v_actor, true);
  return true;
end;
$$;
comment on function app_private.apply_locked_mentor(uuid, integer) is
  'Applies one mentor whom the batches passed over, waiting two seconds for the locks; one who stays
locked is recorded as failed. Returns false when nobody is left. Errors: MNRUN.';
