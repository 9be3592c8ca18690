create or replace function app_private.raise_alert(
  kind text,
  severity text,
  message text,
  cure text,
  subject text default '',
  organization_id uuid default null
) returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into app_public.alerts
    (organization_id, kind, subject, severity, message, cure, opened_at)
  values (organization_id, kind, subject, severity, message, cure, now())
  on conflict do nothing
$$;
comment on function app_private.raise_alert(text, text, text, text, text, uuid) is
  'Opens an alert unless it is open already.';
