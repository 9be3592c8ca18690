/*
 * What is claimed is checked once more in the same transaction: whoever renewed, was paused or got
 * another coordinator since the recipients were found is met here (N1, N4).
 *
 * What another process has at hand is passed over and never waited for, so that two cannot wait
 * for each other. The next one is looked for in one table alone: with a join, a plan made while few
 * mails waited would sort all of them at every call (120 ms instead of 1 with 10,000 of them).
 *
 * The Message-ID is made of the delivery's own id, and stays whatever the sender is called later.
 */
create or replace function app_private.claim_delivery(
  message_domain text,
  lease interval default interval '2 minutes'
) returns table (
  delivery_id uuid,
  lease_token uuid,
  message_id text,
  recipient_name text,
  recipient_address text,
  organization_slug text,
  organization_name text,
  data jsonb
)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_delivery app_public.notification_deliveries;
  v_busy uuid[] := '{}';
begin
  if not app_private.enter_delivery_gate('email') then
    return;
  end if;
  loop
    select d.* into v_delivery
    from app_public.notification_deliveries as d
    where d.channel = 'email'
      and d.state in ('queued', 'retrying', 'unknown')
      and d.next_attempt_at <= now()
      and d.notification_id <> all (v_busy)
      and d.recipient_id <> all (v_busy)
    order by d.next_attempt_at
    limit 1
    for no key update skip locked;
    exit when v_delivery.id is null;
    if not app_private.reserve_delivery(v_delivery) then
      v_busy := v_busy || array[v_delivery.notification_id, v_delivery.recipient_id];
      continue;
    end if;
    continue when app_private.defer_in_quiet_hours(v_delivery);
    continue when app_private.supersede_delivery(v_delivery);
    continue when app_private.defer_beyond_daily_cap(v_delivery);

    perform app_private.pass_delivery_gate('email', lease);
    update app_public.notification_deliveries as d
    set state = 'sending',
        attempts = d.attempts + 1,
        next_attempt_at = null,
        deferred_because = null,
        lease_token = gen_random_uuid(),
        lease_until = now() + lease,
        message_id = coalesce(d.message_id, format('<%s@%s>', d.id, message_domain)),
        attempted_at = clock_timestamp()
    where d.id = v_delivery.id
    returning d.* into v_delivery;
    return query
      select v_delivery.id, v_delivery.lease_token, v_delivery.message_id, p.full_name::text,
        p.email, o.slug, o.name::text, app_private.message_data(n, v_delivery.recipient_id,
          v_delivery.recipient_role, v_delivery.may_have_arrived)
      from app_public.notifications as n
      join app_public.people as p on p.id = v_delivery.recipient_id
      join app_public.organizations as o on o.id = v_delivery.organization_id
      where n.id = v_delivery.notification_id;
    return;
  end loop;
end;
$$;
comment on function app_private.claim_delivery(text, interval) is
  'Leases the mail that is due the longest and returns what is needed to write and send it; the
attempt counts from now on. No row: none is due, or the mail server is not to be asked now. What is
due but no longer true is superseded, what is due in quiet hours or beyond the daily cap waits (N1,
N3, N4).';
