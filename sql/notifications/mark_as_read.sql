create or replace function app_public.mark_as_read(delivery_id uuid, request_id uuid default null)
returns app_public.notification_deliveries
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb := app_private.begin_request(request_id, 'mark_as_read',
    jsonb_build_array(delivery_id));
  v_delivery app_public.notification_deliveries;
begin
  if v_answer is not null then
    return jsonb_populate_record(null::app_public.notification_deliveries, v_answer);
  end if;

  update app_public.notification_deliveries as d
  set read_at = coalesce(d.read_at, app_private.clock())
  where d.id = mark_as_read.delivery_id
    and d.recipient_id = app_public.current_person_id()
    and d.channel = 'in_app'
    and d.state = 'sent'
  returning d.* into v_delivery;
  if not found then
    raise exception 'There is no such message in your inbox' using
      errcode = 'MNNOT',
      detail = format('delivery_id=%s', delivery_id);
  end if;

  perform app_private.finish_request(request_id, to_jsonb(v_delivery));
  return v_delivery;
end;
$$;
comment on function app_public.mark_as_read(uuid, uuid) is
  'Says that the caller has read a message of the inbox; the first time counts. Returns the message
(N5). security definer: the caller may not write the table. Errors: MNNOT, MNREQ.';
grant execute on function app_public.mark_as_read(uuid, uuid) to mentor_lifecycle_visitor;
