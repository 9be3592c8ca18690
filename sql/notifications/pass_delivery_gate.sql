create or replace function app_private.pass_delivery_gate(channel text, lease interval) returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  update app_private.delivery_gates as g
  set closed_until = case when g.closed_since is not null then now() + lease end,
      minute_began_at = case
        when g.minute_began_at > now() - interval '1 minute' then g.minute_began_at
        else now()
      end,
      minute_count = case
        when g.minute_began_at > now() - interval '1 minute' then g.minute_count + 1
        else 1
      end
  where g.channel = pass_delivery_gate.channel
    and (g.closed_since is not null or g.max_per_minute is not null)
$$;
comment on function app_private.pass_delivery_gate(text, interval) is
  'Counts a delivery that is begun; while the server was out of reach the others wait for this one.';
