create or replace function app_private.message_subject(notification app_public.notifications)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select format('%s%s to the %s', replace(notification.kind, '_', ' '),
    ' "' || coalesce(
      (select a.assignment_key from app_public.assignments as a
        where a.id = notification.assignment_id),
      (select t.name from app_public.certifications as c
        join app_public.certification_types as t on t.id = c.certification_type_id
        where c.id = notification.certification_id)
    ) || '"',
    notification.audience)
$$;
comment on function app_private.message_subject(app_public.notifications) is
  'What a notification is about and to whom, in a few words.';
