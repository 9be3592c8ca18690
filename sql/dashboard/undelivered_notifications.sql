create or replace function app_public.undelivered_notifications(organization_id uuid default null)
returns setof app_public.undelivered_notification
language sql
stable
as $$
  select u.*
  from (
    select
      n.id as notification_id,
      null::uuid as delivery_id,
      n.mentor_id,
      m.mentor_key::text,
      n.kind,
      n.audience,
      null::uuid as recipient_id,
      null as recipient_role,
      null as channel,
      n.state,
      n.reason,
      n.outcome_detail as problem,
      0 as attempts,
      false as may_have_arrived,
      null::timestamptz as next_attempt_at,
      n.created_at as since,
      floor(extract(epoch from now() - n.created_at) / 3600)::integer as age_in_hours
    from app_public.notifications as n
    join app_public.mentors as m on m.id = n.mentor_id
    where n.state = 'undeliverable'
      and (
        undelivered_notifications.organization_id is null
        or n.organization_id = undelivered_notifications.organization_id
      )
    union all
    select
      n.id,
      d.id,
      n.mentor_id,
      m.mentor_key::text,
      n.kind,
      n.audience,
      d.recipient_id,
      d.recipient_role,
      d.channel,
      d.state,
      n.reason,
      coalesce(d.outcome_detail, d.deferred_because, d.error_class),
      d.attempts,
      d.may_have_arrived,
      d.next_attempt_at,
      d.queued_at,
      floor(extract(epoch from now() - d.queued_at) / 3600)::integer
    from app_public.notification_deliveries as d
    join app_public.notifications as n on n.id = d.notification_id
    join app_public.mentors as m on m.id = n.mentor_id
    where d.state in ('queued', 'sending', 'retrying', 'unknown', 'undeliverable')
      and (
        undelivered_notifications.organization_id is null
        or d.organization_id = undelivered_notifications.organization_id
      )
  ) as u
  order by u.since, u.notification_id, u.delivery_id
$$;
comment on function app_public.undelivered_notifications(uuid) is
  'What should have been told about mentors whom the caller may see and is not known to have been:
why it was to be told, why it was not, and for how long it has waited; the oldest first (N2,
V2).';
grant execute on function app_public.undelivered_notifications(uuid) to mentor_lifecycle_visitor;
