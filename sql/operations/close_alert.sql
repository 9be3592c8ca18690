create or replace function app_private.close_alert(
  kind text,
  subject text default null,
  organization_id uuid default null
) returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  update app_public.alerts as a
  set closed_at = greatest(now(), a.opened_at)
  where a.closed_at is null
    and a.kind = close_alert.kind
    and (close_alert.subject is null or a.subject = close_alert.subject)
    and a.organization_id is not distinct from close_alert.organization_id
$$;
comment on function app_private.close_alert(text, text, uuid) is
  'Closes the open alert of a kind, of one subject or of all, because its condition has gone.';
