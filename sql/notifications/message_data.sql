/*
 * The keys are those of the letters that are made of it; what a letter must not tell, as the
 * reason of a pause, is not in it.
 */
create or replace function app_private.message_data(
  notification app_public.notifications,
  recipient_id uuid,
  recipient_role text,
  is_repeat boolean
) returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_strip_nulls(
    jsonb_build_object(
      'kind', notification.kind,
      'locale', coalesce(recipient.locale, o.locale),
      'organizationName', o.name,
      'recipientName', recipient.full_name,
      'recipientRole', message_data.recipient_role,
      'mentorName', person.full_name,
      'mentorKey', m.mentor_key,
      'isRepeat', message_data.is_repeat
    ) || case notification.kind
      when 'certification_reminder' then app_private.reminder_data(notification)
      when 'assignment_quiet' then app_private.silence_data(notification)
      else app_private.pause_data(notification)
    end
  )
  from app_public.mentors as m
  join app_public.organizations as o on o.id = m.organization_id
  join app_public.people as person on person.id = m.person_id
  join app_public.people as recipient on recipient.id = message_data.recipient_id
  where m.id = notification.mentor_id
$$;
comment on function app_private.message_data(app_public.notifications, uuid, text, boolean) is
  'What a notification tells one recipient: everything that a letter is made of, in the recipient''s
language (N5), as of today. is_repeat: an earlier attempt may have arrived.';
