/*
 * A process that died may have died after the last byte: its mail counts as possibly arrived.
 */
create or replace function app_private.recover_deliveries() returns integer
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_delivery app_public.notification_deliveries;
  v_recovered integer := 0;
begin
  for v_delivery in
    select d.*
    from app_public.notification_deliveries as d
    where d.state = 'sending'
      and d.lease_until <= now()
    for no key update skip locked
  loop
    insert into app_public.notification_attempts (delivery_id, attempt, outcome, began_at)
    values (v_delivery.id, v_delivery.attempts, 'interrupted', v_delivery.attempted_at);
    perform app_private.fail_delivery(v_delivery, 'interrupted', null, null);
    v_recovered := v_recovered + 1;
  end loop;
  return v_recovered;
end;
$$;
comment on function app_private.recover_deliveries() is
  'Takes back deliveries whose process has died. Returns how many (N3).';
