/*
 * Locks the gate's row, so that two workers never count the same free place twice; the statement is
 * its own transaction and short. A listing whose worker died is free again when its lease ends.
 */
create or replace function app_private.claim_portal_listing(
  mentor_ids uuid[] default null,
  lease interval default interval '60 seconds'
) returns table (
  mentor_id uuid,
  portal_key text,
  lease_token uuid,
  desired_visible boolean,
  desired_version integer,
  remembered app_private.portal_record
)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_gate app_private.portal_gate;
  v_listing app_public.portal_listings;
begin
  select g.* into v_gate from app_private.portal_gate as g for no key update;
  if not app_private.ignores_portal_gate() and app_private.portal_allowance(v_gate) <= (
    select count(*) from app_public.portal_listings as l where l.lease_until > now()
  ) then
    return;
  end if;

  loop
    v_listing := app_private.next_portal_listing(mentor_ids);
    exit when v_listing.mentor_id is null;
    if app_private.park_shared_key(v_listing) then
      -- A named one stays unknown to the portal, and would be found again.
      mentor_ids := array_remove(mentor_ids, v_listing.mentor_id);
      continue;
    end if;
    return query
      update app_public.portal_listings as l
      set lease_token = gen_random_uuid(),
          lease_until = now() + lease
      from app_public.mentors as m
      where l.mentor_id = v_listing.mentor_id
        and m.id = l.mentor_id
      returning l.mentor_id, m.mentor_key::text, l.lease_token, l.desired_visible,
        l.desired_version,
        case when l.observed_revision is not null and not l.write_inflight then
          (l.remote_id, l.observed_visible, l.observed_until, l.observed_version,
            l.observed_revision)::app_private.portal_record
        end;
    return;
  end loop;
end;
$$;
comment on function app_private.claim_portal_listing(uuid[], interval) is
  'Leases the most urgent listing that the portal must be told of, hides first, and returns it with
the portal''s row as remembered, where that can be relied on. No row: nothing is due, or the gate
lets nobody through. With mentor_ids, one of these, due or not (P2, P6, P8).';
