/*
 * One that may have arrived is not said to be superseded: nobody knows.
 *
 * The caller has locked the delivery, and reserved it.
 */
create or replace function app_private.supersede_delivery(
  delivery app_public.notification_deliveries
) returns boolean
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_notification app_public.notifications;
  v_detail text;
begin
  select n.* into v_notification
  from app_public.notifications as n
  where n.id = delivery.notification_id;
  v_detail := app_private.notification_objection(v_notification);
  if v_detail is null and exists (
    select from app_private.notification_recipients(
      v_notification.mentor_id, v_notification.audience
    ) as r
    where r.person_id = delivery.recipient_id
  ) then
    return false;
  end if;

  update app_public.notification_deliveries as d
  set state = case when d.may_have_arrived then 'unknown' else 'superseded' end,
      next_attempt_at = null,
      deferred_because = null,
      outcome_detail = coalesce(v_detail, 'This person is no longer the one to be told.')
  where d.id = delivery.id;
  if v_detail is null then
    perform app_private.tell_others(v_notification.id);
  elsif v_notification.kind = 'assignment_quiet' then
    perform app_private.supersede_follow_up(v_notification.id, v_detail);
  end if;
  return true;
end;
$$;
comment on function app_private.supersede_delivery(app_public.notification_deliveries) is
  'Whether a delivery is no longer to be made, because its cause has gone or somebody else is to be
told now (who then gets deliveries); it is settled then (N1, N4).';
