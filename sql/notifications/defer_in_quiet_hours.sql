create or replace function app_private.defer_in_quiet_hours(
  delivery app_public.notification_deliveries
) returns boolean
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_until constant timestamptz := app_private.next_allowed_at(delivery.organization_id, now());
begin
  if v_until <= now() then
    return false;
  end if;

  update app_public.notification_deliveries as d
  set next_attempt_at = v_until,
      deferred_because = 'quiet_hours'
  where d.id in (
    select due.id
    from app_public.notification_deliveries as due
    where due.organization_id = delivery.organization_id
      and due.channel = 'email'
      and due.state in ('queued', 'retrying', 'unknown')
      and due.next_attempt_at <= now()
    for no key update skip locked
  );
  return true;
end;
$$;
comment on function app_private.defer_in_quiet_hours(app_public.notification_deliveries) is
  'Whether it is a quiet hour of the organisation; all its mails that are due then wait for the end
of it. What another process has at hand is left to that one.';
