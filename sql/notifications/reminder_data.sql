create or replace function app_private.reminder_data(notification app_public.notifications)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object(
    'certificationType', t.name,
    'expiresOn', notification.expires_on,
    'isRequired', t.is_required,
    'daysLeft', notification.expires_on - app_private.local_date(notification.organization_id),
    'coordinatorNames', coalesce((
      select jsonb_agg(p.full_name order by p.full_name)
      from app_private.notification_recipients(notification.mentor_id, 'coordinators') as r
      join app_public.people as p on p.id = r.person_id
      where r.role = 'coordinator'
    ), '[]'),
    'why', jsonb_build_object(
      'code', 'threshold_reached',
      'thresholdDays', notification.threshold_days,
      'validFrom', c.valid_from,
      'expiresOn', notification.expires_on,
      'runOn', app_private.decided_on(notification)
    )
  )
  from app_public.certifications as c
  join app_public.certification_types as t on t.id = c.certification_type_id
  where c.id = notification.certification_id
$$;
comment on function app_private.reminder_data(app_public.notifications) is
  'What a reminder tells; part of message_data.';
