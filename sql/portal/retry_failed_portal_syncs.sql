create or replace function app_public.retry_failed_portal_syncs(
  organization_id uuid,
  request_id uuid default null
) returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb := app_private.begin_request(request_id, 'retry_failed_portal_syncs',
    jsonb_build_array(organization_id));
  v_count integer;
begin
  if v_answer is not null then
    return v_answer::integer;
  end if;

  perform app_private.require_coordinator(organization_id);
  perform app_private.hasten_portal_gate();
  -- A listing whose row a reconciliation has missed was confirmed before: it needs a new version.
  update app_public.portal_listings as l
  set desired_version = l.desired_version + (l.synced_version = l.desired_version)::integer,
      condition = 'pending',
      attempts = 0,
      next_attempt_at = now()
  where l.organization_id = retry_failed_portal_syncs.organization_id
    and l.condition in ('retrying', 'needs_attention')
    and (l.held_since is null or not l.desired_visible);
  get diagnostics v_count = row_count;
  perform app_private.wake_portal_sync();

  perform app_private.finish_request(request_id, to_jsonb(v_count));
  return v_count;
end;
$$;
comment on function app_public.retry_failed_portal_syncs(uuid, uuid) is
  'Tries every listing of the organisation again that failed or needs attention, at once. Mentors
whom somebody hid in the portal are left alone: force those one by one. Returns how many (P5).
security definer: the caller may not write the tables. Errors: MNNOT, MNDEN, MNREQ.';
grant execute on function app_public.retry_failed_portal_syncs(uuid, uuid)
  to mentor_lifecycle_visitor;
