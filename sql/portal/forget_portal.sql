/*
 * Leases are ended as well: what is confirmed under one of them is about the environment before.
 */
create or replace function app_private.forget_portal(mentor_ids uuid[] default null)
returns void
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
  where mentor_ids is null
    or l.mentor_id = any (mentor_ids)
$$;
comment on function app_private.forget_portal(uuid[]) is
  'Forgets what the portal showed about these mentors, or all, and asks for them to be told again:
it is another row, or another environment now. Who was held stays so: that may be a copy (P3).';
