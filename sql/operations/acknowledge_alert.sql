create or replace function app_public.acknowledge_alert(
  alert_id uuid,
  request_id uuid default null
) returns app_public.alerts
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb := app_private.begin_request(request_id, 'acknowledge_alert',
    jsonb_build_array(alert_id));
  v_alert app_public.alerts;
begin
  if v_answer is not null then
    return jsonb_populate_record(null::app_public.alerts, v_answer);
  end if;

  select a.* into v_alert from app_public.alerts as a where a.id = alert_id for no key update;
  if not found then
    raise exception 'There is no such alert' using
      errcode = 'MNNOT',
      detail = format('alert_id=%s', alert_id);
  end if;
  if v_alert.organization_id is not null then
    perform app_private.require_coordinator(v_alert.organization_id);
  elsif not app_private.is_any_administrator() then
    raise exception 'Only an administrator may acknowledge an alert about the whole system' using
      errcode = 'MNDEN',
      detail = format('alert_id=%s', alert_id);
  end if;
  update app_public.alerts as a
  set acknowledged_at = coalesce(a.acknowledged_at, now()),
      acknowledged_by = coalesce(a.acknowledged_by, app_private.actor())
  where a.id = v_alert.id
  returning a.* into v_alert;

  perform app_private.finish_request(request_id, to_jsonb(v_alert));
  return v_alert;
end;
$$;
comment on function app_public.acknowledge_alert(uuid, uuid) is
  'Says that a person knows of the alert; it stays open until its condition has gone. Returns the
alert. security definer: the caller may not write the table. Errors: MNNOT, MNDEN, MNREQ.';
grant execute on function app_public.acknowledge_alert(uuid, uuid) to mentor_lifecycle_visitor;
