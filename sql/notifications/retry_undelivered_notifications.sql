create or replace function app_public.retry_undelivered_notifications(
  organization_id uuid,
  request_id uuid default null
) returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb := app_private.begin_request(request_id, 'retry_undelivered_notifications',
    jsonb_build_array(organization_id));
  v_notifications integer;
  v_deliveries integer;
begin
  if v_answer is not null then
    return v_answer::integer;
  end if;
  perform app_private.require_coordinator(organization_id);

  update app_public.notifications as n
  set state = 'open',
      settled_at = null,
      outcome_detail = null,
      not_before = app_private.clock()
  where n.organization_id = retry_undelivered_notifications.organization_id
    and n.state = 'undeliverable';
  get diagnostics v_notifications = row_count;
  update app_public.notification_deliveries as d
  set state = case when d.may_have_arrived then 'unknown' else 'queued' end,
      next_attempt_at = now(),
      queued_at = now(),
      outcome_detail = null
  where d.organization_id = retry_undelivered_notifications.organization_id
    and (d.state = 'undeliverable' or d.state = 'unknown' and d.next_attempt_at is null);
  get diagnostics v_deliveries = row_count;
  perform app_private.wake_dispatch();

  perform app_private.finish_request(request_id, to_jsonb(v_notifications + v_deliveries));
  return v_notifications + v_deliveries;
end;
$$;
comment on function app_public.retry_undelivered_notifications(uuid, uuid) is
  'Tries again what could not be told: notifications without anybody to tell, mails that were
refused or given up, and mails that may have arrived (which say so). What is no longer true is not
sent (N4). Returns how many are tried. For coordinators and administrators, once an address or a
coordinator has been corrected. security definer: the caller may not write the tables. Errors:
MNNOT, MNDEN, MNREQ.';
grant execute on function app_public.retry_undelivered_notifications(uuid, uuid)
  to mentor_lifecycle_visitor;
