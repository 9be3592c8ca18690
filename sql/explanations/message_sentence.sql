/*
 * The reason of a pause that a person gave is not repeated: it may be about health.
 */
create or replace function app_private.message_sentence(notification app_public.notifications)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select concat_ws(' ',
    case
      when notification.kind = 'mentor_paused' and exists (
        select from app_public.mentor_pauses as p
        where p.id = notification.pause_id
          and p.kind = 'person'
      ) then 'A person paused the mentor.'
      else notification.reason
    end,
    case notification.state
      when 'open' then coalesce(
        'It has not been handed over, and is not going to be: '
          || app_private.notification_objection(notification),
        'It waits until ' || app_private.local_minute(
          notification.organization_id, notification.not_before) || '.',
        'It has been waiting to be handed over to its recipients since '
          || app_private.local_minute(notification.organization_id, notification.created_at) || '.')
      when 'dispatched' then format('It was handed over to its recipients at %s.',
        app_private.local_minute(notification.organization_id, notification.settled_at))
      when 'superseded' then format('At %s it was found out of date and not sent: %s',
        app_private.local_minute(notification.organization_id, notification.settled_at),
        notification.outcome_detail)
      else format('At %s nobody was found to be told: %s',
        app_private.local_minute(notification.organization_id, notification.settled_at),
        notification.outcome_detail)
    end)
$$;
comment on function app_private.message_sentence(app_public.notifications) is
  'Why a notification was written and what became of it, in sentences; part of explain_mentor.';
