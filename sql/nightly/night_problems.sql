/*
 * Half an hour after the scheduled time everything of the night is done. The hour is the
 * organisation's own; between midnight and it, the night that counts is the one before.
 */
create or replace function app_private.night_problems(organization_id uuid, as_of timestamptz)
returns table (kind text, severity text, message text, cure text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with night as (
    select o.id, o.slug, local.run_on,
      (night_problems.as_of at time zone o.time_zone)::date as today,
      (local.run_on + s.nightly_at) at time zone o.time_zone > o.created_at as is_since_creation
    from app_public.organizations as o
    join app_public.organization_settings as s on s.organization_id = o.id
    cross join lateral (
      select (
        (night_problems.as_of at time zone o.time_zone) - s.nightly_at::interval
          - interval '30 minutes'
      )::date as run_on
    ) as local
    where o.id = night_problems.organization_id
  )
  select 'nightly_overdue', 'critical',
    format('The night of %s has not run: %s.', n.run_on,
      coalesce('it is ' || r.state, 'nobody has recorded it')
        || coalesce(', ' || r.explanation, '')),
    format('Start a worker, or: npm run nightly -- --organization %s', n.slug)
  from night as n
  left join app_public.nightly_runs as r
    on r.organization_id = n.id
    and r.run_on = n.run_on
  where (r.id is null or r.state in ('planned', 'running', 'failed'))
    and (n.is_since_creation or exists (
      select from app_public.nightly_runs as earlier
      where earlier.organization_id = n.id
        and earlier.run_on <= n.run_on
    ))
  union all
  select 'nightly_slow', 'warning',
    format('The night of %s has been running for over 30 minutes.', r.run_on),
    'If no worker is at it any more, the next one takes it over within five minutes.'
  from night as n
  join app_public.nightly_runs as r on r.organization_id = n.id
  where r.state = 'running'
    and r.started_at < night_problems.as_of - interval '30 minutes'
  union all
  select 'nightly_needs_approval', 'warning',
    format('The night of %s waits for a person. %s', r.run_on, r.explanation),
    format('Look at the preview; npm run nightly -- --organization %s --approve %s', n.slug, r.id)
  from night as n
  join app_public.nightly_runs as r on r.organization_id = n.id
  where r.state = 'needs_approval'
  union all
  select 'expired_mentors_active', 'critical',
    format('Mentors who are active although their certification did not hold on %s: %s.', n.run_on,
      expired.mentors),
    'select * from app_private.expired_active_mentors(…) names them; run the night again.'
  from night as n
  cross join lateral (
    select count(*) as mentors
    from app_private.expired_active_mentors(n.id, n.run_on) as m
    -- Who was certified since then is rightly active.
    where not m.coverage @> n.today
  ) as expired
  where expired.mentors > 0
$$;
comment on function app_private.night_problems(uuid, timestamptz) is
  'What is wrong with an organisation''s nights at an instant, as alerts: not finished half an hour
after its time, running for over half an hour, waiting for approval, expired mentors still active
(C6, F4).';
