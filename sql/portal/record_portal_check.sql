/*
 * Credentials given on the spot say nothing about those of the automated login: neither that they
 * work, nor when they expire.
 */
create or replace function app_private.record_portal_check(
  environment_id uuid,
  configured_id uuid default null,
  credentials_expire_on date default null,
  is_fresh boolean default false
) returns text
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_problem constant text :=
    app_private.portal_environment_problem(environment_id, configured_id);
begin
  if app_private.ignores_portal_gate() then
    return v_problem;
  end if;
  perform app_private.warn_of_portal_expiry(credentials_expire_on);
  if v_problem is not null then
    perform app_private.close_portal_gate('config', 'environment_differs', v_problem);
    return v_problem;
  end if;
  update app_private.portal_gate as g set checked_at = now();
  perform app_private.open_portal_gate('login');
  if is_fresh then
    perform app_private.close_alert('portal_auth_failed', 'entra');
  end if;
  return null;
end;
$$;
comment on function app_private.record_portal_check(uuid, uuid, date, boolean) is
  'Records that a login worked and which environment it reached; is_fresh: with a token that Entra
has just given, which ends the alert that it refuses the credentials. Returns null, or what is wrong
with that environment, in a sentence; then nothing may be written to it (P7).';
