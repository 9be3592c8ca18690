/*
 * Of several deliveries that fail together the first closes the gate; the others were begun before
 * it and say nothing new.
 */
create or replace function app_private.close_delivery_gate(
  channel text,
  error_class text,
  error_code text,
  began_at timestamptz
) returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  update app_private.delivery_gates as g
  set closed_since = coalesce(g.closed_since, clock_timestamp()),
      closed_until = clock_timestamp()
        + least(interval '5 seconds' * 3 ^ least(g.failures, 6), interval '15 minutes'),
      failed_at = clock_timestamp(),
      failures = g.failures + 1,
      error_class = close_delivery_gate.error_class,
      error_code = coalesce(close_delivery_gate.error_code, g.error_code)
  where g.channel = close_delivery_gate.channel
    and (g.failed_at is null or close_delivery_gate.began_at >= g.failed_at);
  if close_delivery_gate.error_class = 'login' then
    perform app_private.raise_alert('mail_login_refused', 'critical',
      format('The mail server refuses the login (%s): no mail is sent.',
        close_delivery_gate.error_code),
      'Correct the login in SMTP_URL and restart the worker; nothing is lost meanwhile.');
  end if;
end;
$$;
comment on function app_private.close_delivery_gate(text, text, text, timestamptz) is
  'Lets all deliveries of a channel wait, longer with each failure in a row: 5 seconds to 15
minutes. A refused login raises its alert at once.';
