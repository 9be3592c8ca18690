create or replace function app_private.actor() returns text
language sql
stable
parallel safe
as $$
  select coalesce(
    nullif(pg_catalog.current_setting('mentor_lifecycle.actor', true), ''),
    'person:' || app_public.current_person_id()::text,
    case
      when app_private.is_service()
      then 'service:' || left(pg_catalog.current_setting('mentor_lifecycle.subject', true), 255)
    end,
    'database:' || session_user
  )
$$;
comment on function app_private.actor() is
  'Who or what is writing, for the journal: the setting mentor_lifecycle.actor (nightly, import),
else the person or the service who calls, else the database login.';
