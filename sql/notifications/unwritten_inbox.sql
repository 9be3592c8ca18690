/*
 * Checked once more like an e-mail that is claimed: between the finding of the recipients and here
 * a process may have died, and somebody may have asked for what was given up to be tried again.
 */
create or replace function app_private.unwritten_inbox(batch_size integer default 200)
returns table (delivery_id uuid, data jsonb)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_delivery app_public.notification_deliveries;
  v_ids uuid[] := '{}';
begin
  for v_delivery in
    select d.*
    from app_public.notification_deliveries as d
    where d.channel = 'in_app'
      and d.state = 'queued'
    order by d.next_attempt_at
    for no key update skip locked
  loop
    exit when cardinality(v_ids) >= batch_size;
    continue when not app_private.reserve_delivery(v_delivery);
    continue when app_private.supersede_delivery(v_delivery);
    v_ids := v_ids || v_delivery.id;
  end loop;

  return query
    select d.id, app_private.message_data(n, d.recipient_id, d.recipient_role, false)
    from unnest(v_ids) with ordinality as checked (id, place)
    join app_public.notification_deliveries as d on d.id = checked.id
    join app_public.notifications as n on n.id = d.notification_id
    order by checked.place;
end;
$$;
comment on function app_private.unwritten_inbox(integer) is
  'Messages that are to be put into inboxes, and what they tell. What is no longer true is
superseded and not among them. Two processes that write the same ones are told apart by write_inbox
(N1, N4, N5).';
