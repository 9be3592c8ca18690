/*
 * What stands in the inbox alone does not count as told: few look there whom no mail sends there.
 */
create or replace function app_private.supersede_follow_up(notification_id uuid, detail text)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  update app_public.notifications as n
  set state = 'superseded',
      settled_at = now(),
      outcome_detail = supersede_follow_up.detail
  where n.id = supersede_follow_up.notification_id
    and n.state = 'dispatched'
    and not exists (
      select from app_public.notification_deliveries as d
      where d.notification_id = n.id
        and d.channel = 'email'
        and d.state <> 'superseded'
    )
$$;
comment on function app_private.supersede_follow_up(uuid, text) is
  'Settles a follow-up as superseded whose cause has gone before a single mail was sent, so that a
night tells of it if the cause comes back (F1, N4).';
