/*
 * Two processes never hand the same notification over to somebody else, nor count the mails of the
 * same person, at once. Neither is waited for.
 */
create or replace function app_private.reserve_delivery(
  delivery app_public.notification_deliveries
) returns boolean
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform
  from app_public.notifications as n
  where n.id = delivery.notification_id
  for no key update skip locked;
  return found
    and pg_try_advisory_xact_lock(
      hashtextextended('notification_deliveries:' || delivery.recipient_id, 0)
    );
end;
$$;
comment on function app_private.reserve_delivery(app_public.notification_deliveries) is
  'Keeps the notification and the recipient of a delivery for the rest of the transaction; false:
another process is at one of them (N3).';
