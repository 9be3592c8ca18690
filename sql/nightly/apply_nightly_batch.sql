/*
 * One batch is one transaction of the caller. The ledger row is read "for share": whoever took
 * the run over has raised the attempt, and a process that slept through it writes nothing (the
 * fence).
 *
 * Mentors whom somebody else holds locked, or one of whose assignments to be followed up, are
 * passed over at first; the last round waits for each for the lock_timeout of two seconds and
 * then records the mentor as failed. The timeout holds here too: a certification that somebody
 * keeps locked fails its mentor and does not hang the night.
 *
 * The random_page_cost says what is so: a batch comes back to the same rows, and only the first
 * look may go to the disk. With the default of 4 each batch of a million mentors reads all of
 * them.
 */
create or replace function app_private.apply_nightly_batch(
  run_id uuid,
  attempt integer,
  after_mentor_id uuid default null,
  batch_size integer default 10000
) returns table (last_mentor_id uuid, mentor_count integer)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set lock_timeout = '2s'
set random_page_cost = 1.1
as $$
declare
  v_actor constant text := coalesce(current_setting('mentor_lifecycle.actor', true), '');
  v_run app_public.nightly_runs;
  v_batch uuid[];
  v_locked uuid[];
begin
  v_run := app_private.require_running(run_id, attempt);
  perform app_private.act_as_of(v_run.organization_id, v_run.run_on);
  -- Other rules recompute every mentor, which takes longer than a lock is waited for.
  perform set_config('lock_timeout', '30s', true);
  perform app_private.hold_rules(v_run.organization_id, false);
  perform set_config('lock_timeout', '2s', true);
  perform set_config('mentor_lifecycle.actor', 'nightly', true);
  perform set_config('mentor_lifecycle.nightly_run_id', run_id::text, true);

  v_batch := array(
    select distinct a.mentor_id
    from app_public.nightly_run_actions as a
    where a.run_id = apply_nightly_batch.run_id
      and a.attempt = apply_nightly_batch.attempt
      and a.outcome = 'planned'
      and (after_mentor_id is null or a.mentor_id > after_mentor_id)
    order by a.mentor_id
    limit batch_size
  );
  v_locked := array(
    select m.id
    from app_public.mentors as m
    where m.id = any (v_batch)
    order by m.id
    for no key update skip locked
  );
  v_locked := app_private.lock_followed_up(run_id, attempt, v_locked);
  if cardinality(v_locked) > 0 then
    perform app_private.apply_nightly_safely(run_id, attempt, v_locked);
  end if;
  perform set_config('mentor_lifecycle.nightly_run_id', '', true);
  perform set_config('mentor_lifecycle.actor', v_actor, true);
  return query select v_batch[cardinality(v_batch)], cardinality(v_batch);
end;
$$;
comment on function app_private.apply_nightly_batch(uuid, integer, uuid, integer) is
  'Applies the next mentors of a running attempt, in the order of their ids. Returns the last id,
to be handed to the next call, and how many were looked at: zero when the end is reached.
Errors: MNRUN.';
