/*
 * Waiting for one's turn is no failure: the five days after which a mail is given up begin when the
 * turn may have come.
 */
create or replace function app_private.defer_beyond_daily_cap(
  delivery app_public.notification_deliveries
) returns boolean
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_today timestamptz;
  v_tomorrow timestamptz;
  v_cap integer;
begin
  select
    date_trunc('day', now() at time zone o.time_zone) at time zone o.time_zone,
    (date_trunc('day', now() at time zone o.time_zone) + interval '1 day') at time zone o.time_zone,
    s.daily_mail_cap
  into v_today, v_tomorrow, v_cap
  from app_public.organizations as o
  join app_public.organization_settings as s on s.organization_id = o.id
  where o.id = delivery.organization_id;
  if (
    select count(*)
    from app_public.notification_deliveries as d
    where d.recipient_id = delivery.recipient_id
      and d.channel = 'email'
      and d.state in ('sending', 'sent', 'unknown')
      and d.attempted_at >= v_today
  ) < v_cap then
    return false;
  end if;

  update app_public.notification_deliveries as d
  set next_attempt_at = v_tomorrow,
      queued_at = v_tomorrow,
      deferred_because = 'daily_cap'
  where d.id in (
    select due.id
    from app_public.notification_deliveries as due
    where due.recipient_id = delivery.recipient_id
      and due.channel = 'email'
      and due.state in ('queued', 'retrying', 'unknown')
      and due.next_attempt_at <= now()
    for no key update skip locked
  );
  return true;
end;
$$;
comment on function app_private.defer_beyond_daily_cap(app_public.notification_deliveries) is
  'Whether the recipient has had as many mails today, on the organisation''s calendar, as the
settings allow; all that are due to that person then wait for the next day.';
