create or replace function app_private.delivery_delay(delivery app_public.notification_deliveries)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select nullif(concat_ws(' ',
    case delivery.deferred_because
      when 'quiet_hours' then 'It waits for the end of the quiet hours.'
      when 'daily_cap'
      then 'The person has had as many mails that day as the settings allow; it waits for the next '
        'day.'
    end,
    (
      select format('The mail server %s since %s (%s); it is asked again at %s.',
        case g.error_class
          when 'login' then 'has refused the login'
          else 'has been out of reach'
        end,
        app_private.local_minute(delivery.organization_id, g.closed_since), g.error_code,
        app_private.local_minute(delivery.organization_id, g.closed_until))
      from app_private.delivery_gates as g
      where g.channel = delivery.channel
        and g.closed_since is not null
    )
  ), '')
  where delivery.next_attempt_at is not null
$$;
comment on function app_private.delivery_delay(app_public.notification_deliveries) is
  'Why a delivery waits although nothing is wrong with it: quiet hours, daily cap, a mail server out
of reach; null if it does not. Part of explain_mentor.';
