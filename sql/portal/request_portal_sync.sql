create or replace function app_private.request_portal_sync(mentor_ids uuid[], reason text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_reason constant text := coalesce(current_setting('mentor_lifecycle.reason', true), '');
begin
  perform set_config('mentor_lifecycle.reason', request_portal_sync.reason, true);
  update app_public.portal_listings as l
  set desired_version = l.desired_version + 1,
      observed_revision = null,
      held_since = case when not l.desired_visible then l.held_since end
  where l.mentor_id = any (mentor_ids);
  perform set_config('mentor_lifecycle.reason', v_reason, true);
end;
$$;
comment on function app_private.request_portal_sync(uuid[], text) is
  'Lets the portal be read and told again about these mentors, with an event that says why; ends
that those are held who are to be shown (P3, P5).';
