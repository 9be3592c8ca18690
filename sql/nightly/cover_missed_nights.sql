/*
 * Accounts for every date before a run: dates without a row and runs that never finished are
 * recorded as skipped, naming the run that acts on today's facts in their place (C5). What such a
 * run had planned and not applied is decided anew. A later date that was started by hand and did
 * not finish goes back to planned, until its day comes.
 */
create or replace function app_private.cover_missed_nights(covering_run_id uuid) returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  with covering as (
    select r.* from app_public.nightly_runs as r where r.id = covering_run_id
  ),
  unfinished as (
    update app_public.nightly_runs as r
    set state = case when r.run_on < covering.run_on then 'skipped' else 'planned' end,
        finished_at = null,
        covered_by_run_id = case when r.run_on < covering.run_on then covering.id end,
        explanation = format('Was %s when the run of %s took over.',
          replace(r.state, '_', ' '), covering.run_on)
    from covering
    where r.organization_id = covering.organization_id
      and (
        r.run_on < covering.run_on
        and r.state in ('planned', 'running', 'needs_approval', 'failed')
        or r.run_on > covering.run_on
        and r.state in ('running', 'needs_approval')
      )
    returning r.id, covering.run_on as covered_on
  ),
  undone as (
    update app_public.nightly_run_actions as a
    set outcome = 'superseded',
        outcome_detail = format('The run of %s took over before it was applied.', u.covered_on)
    from unfinished as u
    where a.run_id = u.id
      and a.outcome = 'planned'
  )
  insert into app_public.nightly_runs
    (organization_id, run_on, state, covered_by_run_id, explanation)
  select
    covering.organization_id,
    missed.run_on::date,
    'skipped',
    covering.id,
    format('Nothing ran on this date; the run of %s covered it.', covering.run_on)
  from covering
  cross join lateral (
    select max(r.run_on) as run_on
    from app_public.nightly_runs as r
    where r.organization_id = covering.organization_id
      and r.run_on < covering.run_on
  ) as latest
  cross join lateral generate_series(
    latest.run_on + 1, covering.run_on - 1, interval '1 day'
  ) as missed (run_on)
  on conflict on constraint nightly_runs_once_per_date do nothing
$$;
comment on function app_private.cover_missed_nights(uuid) is
  'Records the dates that a run covers as skipped, each with the reason.';
