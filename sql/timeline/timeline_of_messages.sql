create or replace view app_private.timeline_of_messages
with (security_invoker = true)
as
select
  n.organization_id,
  n.mentor_id,
  n.created_at as at,
  'notification_' || n.state as kind,
  format('%s to be told: %s', initcap(n.audience), replace(n.kind, '_', ' ')) as title,
  concat_ws(' ', n.reason, n.outcome_detail) as detail,
  null as actor,
  'notifications' as source,
  n.id::text as source_id,
  n.nightly_run_id,
  n.certification_id,
  n.assignment_id,
  n.id as notification_id
from app_public.notifications as n
union all
select
  n.organization_id,
  n.mentor_id,
  coalesce(d.sent_at, d.attempted_at, d.created_at),
  'message_' || d.state,
  format('%s by %s: %s', initcap(replace(d.recipient_role, '_', ' ')),
    case d.channel when 'email' then 'e-mail' else 'inbox' end, d.state),
  concat_ws(' ', d.recipient_reason, d.outcome_detail,
    case when d.may_have_arrived then 'An attempt may have arrived.' end),
  null,
  'notification_deliveries',
  d.id::text,
  n.nightly_run_id,
  n.certification_id,
  n.assignment_id,
  n.id
from app_public.notifications as n
join app_public.notification_deliveries as d on d.notification_id = n.id;
comment on view app_private.timeline_of_messages is
  'What a timeline says about who was to be told, who was, and why.';
grant select on app_private.timeline_of_messages to mentor_lifecycle_visitor;
