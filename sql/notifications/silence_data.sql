create or replace function app_private.silence_data(notification app_public.notifications) returns
jsonb language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object(
    'assignmentKey', a.assignment_key,
    'lastContactOn', notification.last_contact_on,
    'silentDays', app_private.local_date(notification.organization_id) - notification.last_contact_on,
    'step', notification.step,
    'isMentorReminded', exists (
      select from app_public.notifications as earlier
      join app_public.notification_deliveries as d
        on d.notification_id = earlier.id
        and d.channel = 'email'
        and d.state = 'sent'
      where earlier.assignment_id = notification.assignment_id
        and earlier.kind = notification.kind
        and earlier.last_contact_on = notification.last_contact_on
        and earlier.step < notification.step
        and earlier.audience = 'mentor'
    ),
    'why', jsonb_build_object(
      'code', 'assignment_silent',
      'thresholdDays', r.silent_days,
      'step', notification.step,
      'runOn', r.decided_on
    )
  )
  from app_public.assignments as a
  join app_public.follow_up_reminders as r
    on r.assignment_id = a.id
    and r.last_contact_on = notification.last_contact_on
    and r.step = notification.step
  where a.id = notification.assignment_id
$$;
comment on function app_private.silence_data(app_public.notifications) is
  'What a follow-up tells; part of message_data. Nothing about the client.';
