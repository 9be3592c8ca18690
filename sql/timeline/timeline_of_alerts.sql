create or replace view app_private.timeline_of_alerts
with (security_invoker = true)
as
select
  m.organization_id,
  m.id as mentor_id,
  event.at,
  event.kind,
  event.title || ': ' || replace(a.kind, '_', ' ') as title,
  a.message as detail,
  event.actor,
  'alerts' as source,
  a.id || ':' || event.kind as source_id,
  null::uuid as nightly_run_id,
  null::uuid as certification_id,
  null::uuid as assignment_id,
  null::uuid as notification_id
from app_public.mentors as m
join app_public.alerts as a
  on a.organization_id = m.organization_id
  and a.subject = m.id::text
cross join lateral (
  values
    (a.opened_at, 'alert_opened', 'Alert', null),
    (a.acknowledged_at, 'alert_acknowledged', 'Alert acknowledged', a.acknowledged_by),
    (a.closed_at, 'alert_closed', 'Alert over', null)
) as event (at, kind, title, actor)
where event.at is not null
union all
select
  d.organization_id,
  d.mentor_id,
  event.at,
  event.kind,
  event.title || ': ' || replace(d.invariant, '_', ' '),
  d.detail,
  null,
  'discrepancies',
  d.id || ':' || event.kind,
  null,
  null,
  null,
  null
from app_public.discrepancies as d
cross join lateral (
  values
    (d.opened_at, 'discrepancy_opened', 'Discrepancy'),
    (d.closed_at, 'discrepancy_closed', 'Discrepancy over')
) as event (at, kind, title)
where event.at is not null;
comment on view app_private.timeline_of_alerts is
  'What a timeline says about alerts and discrepancies.';
grant select on app_private.timeline_of_alerts to mentor_lifecycle_visitor;
