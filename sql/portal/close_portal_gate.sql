/*
 * throttled: as long as the portal says, at most 15 minutes; else doubling from 5 seconds. auth and
 * config: a minute, and an alert at once. transient: only when five failures in a row, over all
 * listings, look like an outage; then doubling from 15 seconds to 5 minutes.
 */
create or replace function app_private.close_portal_gate(
  error_class text,
  error_code text,
  error_message text,
  retry_after interval default null
) returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_failures integer;
  v_wait interval;
begin
  if app_private.ignores_portal_gate() then
    return;
  end if;
  update app_private.portal_gate as g
  set failures = g.failures + 1
  returning g.failures into v_failures;

  v_wait := case error_class
    when 'throttled' then
      least(coalesce(retry_after, interval '5 seconds' * 2 ^ least(v_failures - 1, 6)),
        interval '15 minutes')
    when 'transient' then
      greatest(retry_after,
        least(interval '15 seconds' * 2 ^ least(greatest(v_failures - 5, 0), 5),
          interval '5 minutes'))
    else interval '60 seconds'
  end;
  if error_class = 'transient' and v_failures < 5 then
    return;
  end if;

  update app_private.portal_gate as g
  set closed_class = error_class,
      closed_code = error_code,
      closed_message = error_message,
      closed_since = coalesce(g.closed_since, now()),
      closed_until = greatest(g.closed_until, now() + least(v_wait, interval '15 minutes')),
      throttled_until = case error_class
        when 'throttled' then
          greatest(g.throttled_until, now() + least(v_wait, interval '15 minutes'))
        else g.throttled_until
      end;
  if error_class in ('auth', 'config') then
    perform app_private.raise_alert('portal_' || error_class || '_failed', 'critical',
      error_message,
      case error_class
        when 'auth' then 'Check or renew the credentials as docs/portal.md describes; the sync goes on by itself.'
        else 'Compare the DYNAMICS_ settings with the environment; the sync goes on by itself.'
      end,
      -- Entra's codes; who refuses here is not Dataverse.
      case when error_code like 'AADSTS%' then 'entra' else '' end);
  end if;
end;
$$;
comment on function app_private.close_portal_gate(text, text, text, interval) is
  'Keeps every worker from calling the portal for a while; raises the alert of a refused login or of
wrong settings at once (P6, P7).';
