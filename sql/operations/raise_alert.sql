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
  insert into app_public.alerts as a
    (organization_id, kind, subject, severity, message, cure, opened_at)
  values (organization_id, kind, subject, severity, message, cure, now())
  on conflict (organization_id, kind, subject) where closed_at is null do update
  set severity = excluded.severity,
      message = excluded.message,
      cure = excluded.cure
  where (a.severity, a.message, a.cure)
    is distinct from (excluded.severity, excluded.message, excluded.cure)
$$;
comment on function app_private.raise_alert(text, text, text, text, text, uuid) is
  'Opens an alert; one that is open already says from now on what is true now.';
