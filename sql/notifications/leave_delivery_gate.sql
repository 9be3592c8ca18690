create or replace function app_private.leave_delivery_gate(channel text, began_at timestamptz)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  update app_private.delivery_gates as g
  set closed_until = now()
  where g.channel = leave_delivery_gate.channel
    and g.failed_at <= leave_delivery_gate.began_at
$$;
comment on function app_private.leave_delivery_gate(text, timestamptz) is
  'Lets the next delivery try a server that was out of reach, because the one for which the others
waited has not: it was begun at the instant given, and never came to the server.';
