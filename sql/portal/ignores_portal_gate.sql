create or replace function app_private.ignores_portal_gate() returns boolean
language sql
stable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(current_setting('mentor_lifecycle.ignores_portal_gate', true), '') = 'true'
$$;
comment on function app_private.ignores_portal_gate() is
  'Whether this session has credentials of its own, so that neither the gate of the automated login
concerns it nor what it sees concerns the gate: the setting
mentor_lifecycle.ignores_portal_gate (P8).';
