/*
 * The schedule's only decision: which organisations owe a run? The date whose hour has come last on
 * the organisation's own wall clock is compared with the ledger; so a night of 23 or 25 hours, a
 * first start, a late start or a clock that was wrong all lead to one run per date (C5).
 *
 * Where the hour lies before midnight and the worker was down, yesterday is still owed after it;
 * but not to an organisation that has no night behind it yet. A date to come that somebody has run
 * by hand does not keep today from running.
 */
create or replace function app_private.record_due_nightly_runs(
  as_of timestamptz default app_private.clock()
) returns setof app_public.nightly_runs
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  with clock as (
    select
      o.id as organization_id,
      (as_of at time zone o.time_zone)::date as today,
      ((as_of at time zone o.time_zone) - s.nightly_at::interval)::date as run_on
    from app_public.organizations as o
    join app_public.organization_settings as s on s.organization_id = o.id
  ),
  due as (
    select c.organization_id, c.run_on
    from clock as c
    where c.run_on = c.today
      or exists (
        select from app_public.nightly_runs as earlier
        where earlier.organization_id = c.organization_id
          and earlier.run_on < c.run_on
      )
      and not exists (
        select from app_public.nightly_runs as later
        where later.organization_id = c.organization_id
          and later.run_on > c.run_on
          and later.state <> 'planned'
      )
  ),
  recorded as (
    insert into app_public.nightly_runs (organization_id, run_on)
    select d.organization_id, d.run_on
    from due as d
    on conflict on constraint nightly_runs_once_per_date do nothing
    returning *
  )
  select * from recorded
  union all
  select r.*
  from due as d
  join app_public.nightly_runs as r
    on r.organization_id = d.organization_id
    and r.run_on = d.run_on
  where r.state in ('planned', 'running', 'failed', 'skipped')
$$;
comment on function app_private.record_due_nightly_runs(timestamptz) is
  'Records today''s occurrence of every organisation whose hour has come, and returns those that
have not finished; running ones too, because their process may be dead (C1, C5, C9).';
