create or replace function app_private.delivery_subject(
  delivery app_public.notification_deliveries
) returns text
language sql
immutable
as $$
  select format('%s to the %s',
    case delivery.channel when 'email' then 'e-mail' else 'inbox' end,
    replace(delivery.recipient_role, '_', ' '))
$$;
comment on function app_private.delivery_subject(app_public.notification_deliveries) is
  'Over which channel and to whom, by role, in a few words.';
