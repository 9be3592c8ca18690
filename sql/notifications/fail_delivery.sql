/*
 * connection and login concern every mail: the gate decides when this one is tried again. The
 * server's own "later" is asked for after 5 minutes, 10, 20 and so on (greylisting), a full
 * mailbox after one hour, two, four and so on. What may have arrived is repeated after a quarter
 * of an hour, twice at most.
 */
create or replace function app_private.fail_delivery(
  delivery app_public.notification_deliveries,
  failure text,
  code text,
  response text
) returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_failures constant integer := (
    select count(*)
    from app_public.notification_attempts as a
    where a.delivery_id = delivery.id
      and a.code is distinct from 'stopped'
      and (
        a.outcome = failure
        or failure in ('ambiguous', 'interrupted') and a.outcome in ('ambiguous', 'interrupted')
      )
  );
  v_arrived constant boolean :=
    delivery.may_have_arrived or failure in ('ambiguous', 'interrupted');
  v_wait constant interval := case
    when failure in ('connection', 'login') then interval '0'
    when failure = 'temporary'
    then least(interval '5 minutes' * 2 ^ least(v_failures - 1, 10), interval '4 hours')
    when failure = 'mailbox_full'
    then least(interval '1 hour' * 2 ^ least(v_failures - 1, 10), interval '1 day')
    when failure = 'ambiguous' and v_failures <= 2 then interval '15 minutes'
    when failure = 'interrupted' and v_failures <= 2 then interval '0'
  end;
begin
  update app_public.notification_deliveries as d
  set state = case
        when v_arrived and (v_wait is null or failure in ('ambiguous', 'interrupted'))
        then 'unknown'
        when v_wait is null then 'undeliverable'
        else 'retrying'
      end,
      next_attempt_at = now() + v_wait,
      may_have_arrived = v_arrived,
      lease_token = null,
      lease_until = null,
      error_class = failure,
      error_code = code,
      error_response = response,
      outcome_detail = case
        when v_wait is null and v_arrived then 'It may have arrived, and is not sent again.'
        when v_wait is null then format('It is refused for good (%s).', code)
      end
  where d.id = delivery.id;
  if failure = 'rejected' and code ~ '^E' and code <> 'EADDRESS' then
    perform app_private.raise_alert('mail_unwritable', 'critical',
      format('A mail could not be written (%s), as delivery %s.', code, delivery.id),
      'Tell whoever operates the system; once it is repaired, call retry_undelivered_notifications.',
      code, delivery.organization_id);
  elsif failure = 'rejected' then
    perform app_private.raise_alert('recipient_unreachable', 'warning',
      format('A mail to the person %s is refused for good (%s).', delivery.recipient_id, code),
      'Correct the person''s address if it is wrong; then call retry_undelivered_notifications.',
      delivery.recipient_id::text, delivery.organization_id);
  end if;
end;
$$;
comment on function app_private.fail_delivery(
  app_public.notification_deliveries, text, text, text
) is
  'Decides what becomes of a delivery whose attempt has failed: when it is tried again, or that it
is given up (N3). A refusal for good raises an alert.';
