/*
 * One run per organisation at a time. The lock belongs to a transaction and not to a session, so
 * that it also holds behind a connection pooler and can never be left behind: when the process or
 * its connection dies, it is free at once.
 */
create or replace function app_private.lock_nightly_run(organization_id uuid) returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if not pg_try_advisory_xact_lock(
    hashtextextended('nightly_run:' || organization_id::text, 0)
  ) then
    raise exception 'A nightly run of this organisation is already active' using
      errcode = 'MNRUN',
      detail = format('organization_id=%s', organization_id),
      hint = 'Wait until it has finished; nightly_runs shows its state.';
  end if;
  perform set_config('idle_in_transaction_session_timeout', '0', true);
end;
$$;
comment on function app_private.lock_nightly_run(uuid) is
  'Takes the overlap lock of an organisation until the end of the transaction. Errors: MNRUN.';
