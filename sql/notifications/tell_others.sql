/*
 * Where nobody is left to be told, the notification goes back to resolve_notifications, which says
 * so and raises the alert.
 */
create or replace function app_private.tell_others(notification_id uuid) returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.add_deliveries(array[notification_id]);
  update app_public.notifications as n
  set state = 'open',
      settled_at = null,
      not_before = app_private.clock()
  where n.id = tell_others.notification_id
    and n.state = 'dispatched'
    and not exists (select from app_private.notification_recipients(n.mentor_id, n.audience));
end;
$$;
comment on function app_private.tell_others(uuid) is
  'Lets a notification be told to the recipients of today, because one of those who were found
before is no longer the one to be told (N1, N2).';
