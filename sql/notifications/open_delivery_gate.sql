create or replace function app_private.open_delivery_gate(channel text) returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  update app_private.delivery_gates as g
  set closed_since = null,
      closed_until = null,
      failed_at = null,
      failures = 0,
      error_class = null,
      error_code = null
  where g.channel = open_delivery_gate.channel
    and g.closed_since is not null;
  if found then
    perform app_private.close_alert('mail_login_refused');
    perform app_private.close_alert('mail_unavailable');
  end if;
end;
$$;
comment on function app_private.open_delivery_gate(text) is
  'Lets the deliveries of a channel go on: its server has answered.';
