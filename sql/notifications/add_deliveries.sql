/*
 * Somebody who was passed over because others were to be told, and is responsible again, is told
 * after all. Whatever may have been said already stays as it is.
 */
create or replace function app_private.add_deliveries(notification_ids uuid[]) returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into app_public.notification_deliveries as d (
    notification_id, organization_id, recipient_id, recipient_role, recipient_reason, channel,
    next_attempt_at
  )
  select n.id, n.organization_id, r.person_id, r.role, r.reason, c.channel, now()
  from unnest(notification_ids) as batch (id)
  join app_public.notifications as n on n.id = batch.id
  cross join lateral app_private.notification_recipients(n.mentor_id, n.audience) as r
  cross join (values ('email'), ('in_app')) as c (channel)
  where n.state in ('open', 'dispatched')
  on conflict on constraint notification_deliveries_once do update
  set state = 'queued',
      next_attempt_at = excluded.next_attempt_at,
      queued_at = excluded.queued_at,
      recipient_role = excluded.recipient_role,
      recipient_reason = excluded.recipient_reason,
      outcome_detail = null
  where d.state = 'superseded'
$$;
comment on function app_private.add_deliveries(uuid[]) is
  'Writes the deliveries that notifications whose causes hold lack for the recipients of today, one
for each channel. Those that are there stay, but for superseded ones, which are queued again (N1,
N3).';
