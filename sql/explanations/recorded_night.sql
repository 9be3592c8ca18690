drop function if exists app_private.recorded_night(app_public.nightly_runs);

create or replace function app_private.recorded_night(
  run app_public.nightly_runs,
  has_office boolean
) returns table (verdict text, code text, sentence text, at timestamptz)
language sql
stable
rows 1
set search_path = pg_catalog, pg_temp
as $$
  select
    case
      when run.state = 'planned' and run.run_on > app_private.local_date(run.organization_id)
      then 'planned'
      when run.state in ('planned', 'running', 'needs_approval') then 'waiting'
      when run.state = 'failed' then 'failed'
      when run.state = 'skipped' then 'not_done'
      else 'done'
    end,
    run.state,
    concat_ws(' ',
      case
        when run.state = 'planned' and run.run_on > app_private.local_date(run.organization_id)
        then 'It is recorded as planned, and runs when its day has come.'
        when run.state = 'planned' then 'It is due, and no worker has begun it yet.'
        when run.state = 'running'
        then format('Attempt %s has been at work since %s.', run.attempt, said.started_at)
        when run.state = 'needs_approval'
        then format('Since %s it has been waiting for the approval of a person; nothing of it is done '
          'before that.', said.started_at)
        when run.state = 'failed'
        then format('Attempt %s broke off at %s; what it had done stays, and the worker tries again.',
          run.attempt, said.finished_at)
        when run.state = 'skipped' then 'It did not run.'
        else format('It ran from %s to %s, in attempt %s.', said.started_at, said.finished_at,
          run.attempt)
      end,
      case when has_office then run.approved_by || ' approved it at ' || said.approved_at || '.' end,
      case when has_office then run.explanation end),
    coalesce(run.finished_at, run.started_at, run.created_at)
  from (
    select
      app_private.local_minute(run.organization_id, run.started_at) as started_at,
      app_private.local_minute(run.organization_id, run.finished_at) as finished_at,
      app_private.local_minute(run.organization_id, run.approved_at) as approved_at
  ) as said
$$;
comment on function app_private.recorded_night(app_public.nightly_runs, boolean) is
  'What became of a night, from its row in the ledger: verdict, code and sentences; who approved it,
and what the ledger says of the whole organisation, for those with an office. Part of
explain_mentor.';
