create or replace function app_private.release_delivery(delivery_id uuid, lease_token uuid)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  with released as (
    update app_public.notification_deliveries as d
    set state = case when d.may_have_arrived then 'unknown' else 'retrying' end,
        next_attempt_at = now(),
        lease_token = null,
        lease_until = null
    where d.id = release_delivery.delivery_id
      and d.lease_token = release_delivery.lease_token
    returning d.*
  ),
  logged as (
    insert into app_public.notification_attempts (delivery_id, attempt, outcome, code, began_at)
    select r.id, r.attempts, 'interrupted', 'stopped', r.attempted_at
    from released as r
  )
  select app_private.leave_delivery_gate(r.channel, r.attempted_at) from released as r
$$;
comment on function app_private.release_delivery(uuid, uuid) is
  'Gives a leased delivery back that was not handed to the mail server, because the process stops or
has heard of its lease too late; it is due at once and has certainly not arrived by this attempt.';
