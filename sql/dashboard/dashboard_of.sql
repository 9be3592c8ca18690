/*
 * One row from one statement. Each number looks into an index of what is open, but for the
 * mentors, who are counted.
 */
create or replace function app_private.dashboard_of(organization_id uuid)
returns app_public.dashboard
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select row(
    o.id, clock.today,
    mentors.pending, mentors.active, mentors.paused, mentors.retired,
    listings.pending, listings.retrying, listings.failed, listings.overdue, listings.since,
    (
      select count(*)
      from app_public.notifications as n
      where n.organization_id = o.id
        and n.state = 'undeliverable'
    ),
    deliveries.waiting, deliveries.uncertain, deliveries.undeliverable,
    (
      select count(*)
      from app_public.discrepancies as d
      where d.organization_id = o.id
        and d.closed_at is null
    ),
    alerts.open, alerts.critical,
    last.id, last.run_on, last.state, last.explanation, last.finished_at,
    waiting.id, waiting.id is not null,
    next.run_on, (next.run_on + s.nightly_at) at time zone o.time_zone,
    (select count(*) from app_private.nightly_reminders(o.id, next.run_on)),
    (
      select count(*)
      from app_public.assignments as a
      where a.organization_id = o.id
        and (a.closed_on is null or a.closed_on > clock.today)
        and a.last_contact_on <= clock.today - s.follow_up_after_days
    )
  )::app_public.dashboard
  from app_public.organizations as o
  join app_public.organization_settings as s on s.organization_id = o.id
  join app_private.local_dates as clock on clock.organization_id = o.id
  cross join lateral app_private.next_nightly_date(o.id) as next (run_on)
  cross join lateral (
    select
      count(*) filter (where m.status = 'pending') as pending,
      count(*) filter (where m.status = 'active') as active,
      count(*) filter (where m.status = 'paused') as paused,
      count(*) filter (where m.status = 'retired') as retired
    from app_public.mentors as m
    where m.organization_id = o.id
  ) as mentors
  cross join lateral (
    select
      count(*) filter (where l.condition = 'pending') as pending,
      count(*) filter (where l.condition = 'retrying') as retrying,
      count(*) filter (where l.condition = 'needs_attention') as failed,
      count(*) filter (
        where not l.desired_visible
          and l.pending_since < now() - interval '10 minutes'
      ) as overdue,
      min(l.pending_since) as since
    from app_public.portal_listings as l
    where l.organization_id = o.id
      and l.condition in ('pending', 'retrying', 'needs_attention')
  ) as listings
  cross join lateral (
    select
      count(*) filter (where d.state in ('queued', 'sending', 'retrying')) as waiting,
      count(*) filter (where d.state = 'unknown') as uncertain,
      count(*) filter (where d.state = 'undeliverable') as undeliverable
    from app_public.notification_deliveries as d
    where d.organization_id = o.id
      and d.state in ('queued', 'sending', 'retrying', 'unknown', 'undeliverable')
  ) as deliveries
  cross join lateral (
    select count(*) as open, count(*) filter (where a.severity = 'critical') as critical
    from app_public.alerts as a
    where a.organization_id = o.id
      and a.closed_at is null
  ) as alerts
  left join lateral (
    select *
    from app_public.nightly_runs as r
    where r.organization_id = o.id
      and r.attempt > 0
    order by r.run_on desc
    limit 1
  ) as last on true
  left join app_public.nightly_runs as waiting
    on waiting.organization_id = o.id
    and waiting.state = 'needs_approval'
  where o.id = dashboard_of.organization_id
$$;
comment on function app_private.dashboard_of(uuid) is
  'The numbers of an organisation''s dashboard (V2).';
