/*
 * The open gate of a server without a limit is only read. Else its row is locked, so that two
 * workers never count the same place twice, and so that one alone tries a server that was out of
 * reach.
 */
create or replace function app_private.enter_delivery_gate(channel text) returns boolean
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_gate app_private.delivery_gates;
begin
  select g.* into v_gate
  from app_private.delivery_gates as g
  where g.channel = enter_delivery_gate.channel;
  if v_gate.closed_since is null and v_gate.max_per_minute is null then
    return true;
  end if;

  select g.* into v_gate
  from app_private.delivery_gates as g
  where g.channel = enter_delivery_gate.channel
  for no key update;
  if v_gate.closed_until > now() then
    return false;
  end if;
  return v_gate.max_per_minute is null
    or v_gate.minute_count < v_gate.max_per_minute
    or v_gate.minute_began_at <= now() - interval '1 minute';
end;
$$;
comment on function app_private.enter_delivery_gate(text) is
  'Whether a delivery of the channel may be begun now: its server is in reach or is to be tried
again, and takes another one this minute. The gate''s row may then be locked.';
