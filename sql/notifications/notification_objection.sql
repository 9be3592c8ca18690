create or replace function app_private.notification_objection(notification app_public.notifications)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case notification.kind
    when 'certification_reminder' then app_private.reminder_objection(notification)
    when 'assignment_quiet' then app_private.silence_objection(notification)
    else app_private.pause_objection(notification)
  end
$$;
comment on function app_private.notification_objection(app_public.notifications) is
  'Why the cause of a notification no longer holds, in a sentence; null while it does (N4).';
