/*
 * Leases are ended as well: what is confirmed under one of them is about the environment before.
 */
create or replace function app_private.forget_portal() returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  update app_public.portal_listings as l
  set desired_version = l.desired_version + 1,
      remote_id = null,
      observed_visible = null,
      observed_until = null,
      observed_version = null,
      observed_revision = null,
      observed_at = null,
      write_inflight = false,
      lease_token = null,
      lease_until = null
$$;
comment on function app_private.forget_portal() is
  'Forgets what the portal showed and asks for everything to be told again: it is another
environment now. Who was held stays so, for the new one may be a copy (P3).';
