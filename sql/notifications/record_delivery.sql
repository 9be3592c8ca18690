/*
 * A lease that was lost is somebody else's now: nothing is written. A failure that concerns every
 * mail closes the gate and costs this one nothing; a server that takes messages and does not
 * answer is such a failure too. Only what the server has said opens the gate: its codes are
 * numbers, our own are words.
 */
create or replace function app_private.record_delivery(
  delivery_id uuid,
  lease_token uuid,
  outcome text,
  code text default null,
  response text default null
) returns boolean
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_delivery app_public.notification_deliveries;
begin
  select d.* into v_delivery
  from app_public.notification_deliveries as d
  where d.id = record_delivery.delivery_id
    and d.lease_token = record_delivery.lease_token
  for no key update;
  if not found then
    return false;
  end if;

  insert into app_public.notification_attempts
    (delivery_id, attempt, outcome, code, response, began_at)
  values
    (v_delivery.id, v_delivery.attempts, outcome, code, response, v_delivery.attempted_at);
  if outcome = 'sent' then
    update app_public.notification_deliveries as d
    set state = 'sent',
        sent_at = clock_timestamp(),
        lease_token = null,
        lease_until = null,
        error_class = null,
        error_code = null,
        error_response = null
    where d.id = v_delivery.id;
  else
    perform app_private.fail_delivery(v_delivery, outcome, code, response);
  end if;

  if outcome in ('connection', 'login', 'ambiguous') then
    perform app_private.close_delivery_gate(v_delivery.channel,
      case outcome when 'login' then 'login' else 'connection' end, code, v_delivery.attempted_at);
  elsif outcome = 'interrupted' or code ~ '^E' then
    perform app_private.leave_delivery_gate(v_delivery.channel, v_delivery.attempted_at);
  else
    perform app_private.open_delivery_gate(v_delivery.channel);
  end if;
  return true;
end;
$$;
comment on function app_private.record_delivery(uuid, uuid, text, text, text) is
  'Records how an attempt under way has ended: sent, connection, login, temporary, mailbox_full,
rejected, ambiguous or interrupted, with the server''s code and answer. False: the lease was lost,
and nothing is recorded (N3).';
