/*
 * Also where no mail server was ever configured: what is told a week late only confuses.
 */
create or replace function app_private.give_up_deliveries() returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  with late as (
    select d.id
    from app_public.notification_deliveries as d
    where d.state in ('queued', 'retrying', 'unknown')
      and d.next_attempt_at is not null
      and d.queued_at < now() - interval '5 days'
    for no key update skip locked
  ),
  given_up as (
    update app_public.notification_deliveries as d
    set state = case when d.may_have_arrived then 'unknown' else 'undeliverable' end,
        next_attempt_at = null,
        deferred_because = null,
        outcome_detail = format('No attempt succeeded within five days%s.',
          ' (the last one: ' || d.error_class || ' ' || coalesce(d.error_code, '') || ')')
    from late
    where d.id = late.id
    returning d.organization_id, d.state
  )
  select app_private.raise_alert('mails_given_up', 'warning',
    format('Mails that could not be sent within five days were given up: %s.', count(*)),
    'See why in app_public.notification_deliveries; then call retry_undelivered_notifications.',
    '', g.organization_id)
  from given_up as g
  where g.state = 'undeliverable'
  group by g.organization_id
$$;
comment on function app_private.give_up_deliveries() is
  'Gives up deliveries that have waited for five days, and raises an alert.';
