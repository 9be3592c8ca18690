/*
 * What the mail server said is for operators: it is text of a stranger, and no column that others
 * may read.
 */
create or replace function app_private.delivery_sentence(
  delivery app_public.notification_deliveries
) returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select concat_ws(' ',
    format('To the person %s.', delivery.recipient_id),
    delivery.recipient_reason,
    case
      when delivery.state = 'sent' and delivery.channel = 'in_app'
      then format('Put into the inbox at %s%s.', said.sent_at,
        coalesce('; read at ' || said.read_at, '; not read yet'))
      when delivery.state = 'sent'
      then format('The mail server took it over at %s.', said.sent_at)
      when delivery.state = 'sending'
      then format('It is being handed to the mail server since %s.', said.attempted_at)
      when delivery.outcome_detail is not null then delivery.outcome_detail
      when delivery.state = 'queued'
      then format('It has not been tried yet, and is due at %s.', said.next_attempt_at)
      when delivery.state = 'retrying'
      then format('It is tried again at %s.', said.next_attempt_at)
      else format('It may have arrived; it is sent again at %s.', said.next_attempt_at)
    end,
    case
      when delivery.may_have_arrived and delivery.state not in ('superseded', 'undeliverable')
        and (delivery.state = 'sent' or delivery.next_attempt_at is not null)
      then 'An earlier attempt may have arrived as well; the repeat says so and has the same '
        'Message-ID.'
    end,
    case
      when delivery.channel = 'email' and delivery.attempts > 0
      then format('Attempts: %s.', delivery.attempts)
    end,
    'The latest answer: ' || delivery.error_class || concat_ws(', ', '', delivery.error_code,
      -- The worker takes addresses out; this keeps the promise whoever wrote the row.
      case
        when said.to_operator
        then regexp_replace(delivery.error_response, '[^\s<>]+@[^\s<>]+', '…', 'g')
      end) || '.',
    case when said.to_operator then 'Message-ID ' || delivery.message_id || '.' end)
  from (
    select
      app_private.local_minute(delivery.organization_id, delivery.sent_at) as sent_at,
      app_private.local_minute(delivery.organization_id, delivery.read_at) as read_at,
      app_private.local_minute(delivery.organization_id, delivery.attempted_at) as attempted_at,
      app_private.local_minute(delivery.organization_id, delivery.next_attempt_at)
        as next_attempt_at,
      app_private.is_operator() as to_operator
  ) as said
$$;
comment on function app_private.delivery_sentence(app_public.notification_deliveries) is
  'Who is told (by id, never by name or address) and why, what became of it, how often it was tried,
and to operators what the mail server last said, in sentences; part of explain_mentor.';
