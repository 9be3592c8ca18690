create or replace function app_private.finish_nightly_run(run_id uuid, attempt integer)
returns app_public.nightly_runs
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set lock_timeout = '2s'
as $$
declare
  v_run app_public.nightly_runs;
begin
  v_run := app_private.require_running(run_id, attempt);
  perform app_private.act_as_of(v_run.organization_id, v_run.run_on);

  update app_public.nightly_runs as r
  set (
        paused_count, resumed_count, reminded_count, followed_up_count, hidden_count, shown_count
      ) = (
        select
          count(*) filter (where a.action = 'pause'),
          count(*) filter (where a.action = 'resume'),
          count(*) filter (where a.action = 'remind'),
          count(*) filter (where a.action = 'follow_up'),
          count(*) filter (where a.action = 'hide'),
          count(*) filter (where a.action = 'show')
        from app_public.nightly_run_actions as a
        where a.run_id = r.id
          and a.outcome = 'applied'
      ),
      failed_count = (
        select count(distinct a.mentor_id)
        from app_public.nightly_run_actions as a
        where a.run_id = r.id
          and a.attempt = r.attempt
          and a.outcome = 'failed'
      ),
      (mentor_count, unchanged_count) = (
        select count(*), count(*) filter (where touched.mentor_id is null)
        from app_public.mentors as m
        left join (
          select distinct a.mentor_id
          from app_public.nightly_run_actions as a
          where a.run_id = r.id
            and a.outcome in ('applied', 'failed')
        ) as touched on touched.mentor_id = m.id
        where m.organization_id = r.organization_id
          and m.status <> 'retired'
      )
  where r.id = v_run.id;
  update app_public.nightly_runs as r
  set state = case r.failed_count when 0 then 'succeeded' else 'succeeded_with_failures' end,
      finished_at = clock_timestamp(),
      explanation = case
        when r.failed_count > 0
        then format('Applying failed for %s mentors; nightly_run_actions says why.', r.failed_count)
      end
  where r.id = v_run.id
  returning r.* into v_run;

  begin
    perform app_private.record_discrepancies(v_run.organization_id, v_run.run_on);
  exception when lock_not_available then
    -- Somebody keeps a mentor locked; the night is over all the same, and the next one looks again.
    null;
  end;
  return v_run;
end;
$$;
comment on function app_private.finish_nightly_run(uuid, integer) is
  'Counts what the run has done over all its attempts, closes it, and checks the invariants.
Returns the ledger row. Errors: MNRUN.';
