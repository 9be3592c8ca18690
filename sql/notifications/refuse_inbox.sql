create or replace function app_private.refuse_inbox(delivery_id uuid, detail text) returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  update app_public.notification_deliveries as d
  set state = 'undeliverable',
      next_attempt_at = null,
      outcome_detail = refuse_inbox.detail
  where d.id = refuse_inbox.delivery_id
    and d.channel = 'in_app'
    and d.state = 'queued'
$$;
comment on function app_private.refuse_inbox(uuid, text) is
  'Gives up a message for which there are no words, with the reason, so that the others go on.';
