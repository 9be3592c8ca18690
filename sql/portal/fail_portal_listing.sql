/*
 * What concerns the login or the whole portal closes the gate and does not count against the
 * listing; an outage counts against both; anything else is the listing's own. A refusal of a wish
 * that has changed meanwhile must not stop the new one, which may be to hide.
 */
create or replace function app_private.fail_portal_listing(
  mentor_id uuid,
  lease_token uuid,
  error_class text,
  error_code text,
  error_message text,
  retry_after interval default null,
  tried_version integer default null
) returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_listing app_public.portal_listings;
begin
  if error_class in ('throttled', 'auth', 'config', 'transient') then
    perform app_private.close_portal_gate(error_class, error_code, error_message, retry_after);
  end if;
  select l.* into v_listing
  from app_public.portal_listings as l
  where l.mentor_id = fail_portal_listing.mentor_id
    and l.lease_token = fail_portal_listing.lease_token
  for no key update;
  if not found then
    return;
  end if;
  if error_class in ('throttled', 'auth', 'config') then
    perform app_private.release_portal_listing(v_listing.mentor_id, v_listing.lease_token);
    if error_class <> 'throttled' then
      -- If the refusal is about this row after all, another one must be the next to try the gate.
      update app_public.portal_listings as l
      set next_attempt_at = now() + interval '2 minutes'
      where l.mentor_id = v_listing.mentor_id;
    end if;
    return;
  end if;
  if error_class = 'missing' then
    -- The row went away between two calls; what is remembered of it must not be used again.
    update app_public.portal_listings as l
    set observed_revision = null
    where l.mentor_id = v_listing.mentor_id;
  end if;
  v_listing.desired_version := coalesce(tried_version, v_listing.desired_version);
  perform app_private.end_portal_attempt(v_listing, 'failed', null,
    case error_class when 'missing' then 'conflict' else error_class end,
    error_code, error_message);
end;
$$;
comment on function app_private.fail_portal_listing(
  uuid, uuid, text, text, text, interval, integer
) is
  'Records that the portal could not be told: error_class is throttled, auth, config, transient,
conflict, missing or permanent; retry_after is what the portal asked for; tried_version is the
version of the wish that failed, null for the current one (P6).';
