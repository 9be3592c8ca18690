/*
 * Only what disproves a failure ends it. While the gate is closed, an answer to a call that was
 * under way already proves nothing. A refused login or wrong settings are disproved by a write; or,
 * if nothing waits to be written, by a login. That Entra refuses the credentials is disproved by
 * neither, for a token from before works on: see record_portal_check.
 */
create or replace function app_private.open_portal_gate(proof text) returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_class text;
begin
  if app_private.ignores_portal_gate() then
    return;
  end if;
  select g.closed_class into v_class
  from app_private.portal_gate as g
  where g.failures > 0
    and (g.closed_until is null or g.closed_until <= now())
  -- Whoever calls holds a listing, and must not wait here too; the next proof serves as well.
  for no key update skip locked;
  if not found or v_class in ('auth', 'config') and proof <> 'write' and exists (
    select from app_public.portal_listings as l where l.condition in ('pending', 'retrying')
  ) then
    return;
  end if;

  update app_private.portal_gate as g
  set closed_class = null,
      closed_code = null,
      closed_message = null,
      closed_since = null,
      closed_until = null,
      throttled_until = null,
      failures = 0,
      recovered_at = case when v_class is null then g.recovered_at else now() end;
  if v_class = 'transient' then
    update app_public.portal_listings as l
    set next_attempt_at = now()
    where l.mentor_id in (
      select r.mentor_id
      from app_public.portal_listings as r
      where r.condition = 'retrying'
        and r.error_class = 'transient'
        and r.next_attempt_at > now()
      for no key update skip locked
    );
  end if;
  perform app_private.close_alert('portal_auth_failed', '');
  perform app_private.close_alert('portal_config_failed');
end;
$$;
comment on function app_private.open_portal_gate(text) is
  'The portal has answered, to a write, a read or a login: opens the gate, lets what an outage had
put off be tried now, and closes the gate''s alerts (P6, P7).';
