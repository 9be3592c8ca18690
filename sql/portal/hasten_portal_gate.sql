create or replace function app_private.hasten_portal_gate() returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  update app_private.portal_gate as g
  set closed_until = least(g.closed_until, greatest(g.throttled_until, now()))
  where g.closed_class is not null
    and not app_private.ignores_portal_gate()
$$;
comment on function app_private.hasten_portal_gate() is
  'Lets one listing be tried at once if the gate is closed. What the portal itself has asked us to
wait for is waited for (P5, P6).';
