/*
 * The write-ahead mark: it is committed before the portal is called, so that whoever comes after a
 * crash knows that a write may still arrive.
 *
 * A write that met another ETag has not been applied, and its own mark must not be taken for a sign
 * that the row was changed by us: perhaps somebody hid the mentor.
 */
create or replace function app_private.begin_portal_write(
  mentor_id uuid,
  lease_token uuid,
  remote app_private.portal_record,
  is_remembered boolean default false,
  lease interval default interval '60 seconds',
  is_refused boolean default false
) returns table (
  decision text,
  visible boolean,
  visible_until date,
  version integer,
  was_inflight boolean
)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_listing app_public.portal_listings;
  v_decision text;
begin
  select l.* into v_listing
  from app_public.portal_listings as l
  where l.mentor_id = begin_portal_write.mentor_id
    and l.lease_token = begin_portal_write.lease_token
  for no key update;
  -- The gate after the listing, which a night may keep locked for long: nobody must wait for both.
  if not is_remembered then
    perform app_private.open_portal_gate('read');
  end if;
  if v_listing.mentor_id is null then
    return query select 'lost', null::boolean, null::date, null::integer, null::boolean;
    return;
  end if;
  if is_refused then
    v_listing.write_inflight := false;
    update app_public.portal_listings as l
    set write_inflight = false
    where l.mentor_id = v_listing.mentor_id;
  end if;

  v_decision := app_private.portal_decision(v_listing, remote,
    app_private.local_date(v_listing.organization_id, now()));
  if v_decision = 'write' then
    update app_public.portal_listings as l
    set write_inflight = true,
        lease_until = now() + begin_portal_write.lease
    where l.mentor_id = v_listing.mentor_id;
  elsif is_remembered then
    v_decision := 'read';
  else
    perform app_private.end_portal_attempt(v_listing, v_decision, remote);
  end if;
  return query select v_decision, v_listing.desired_visible, v_listing.desired_until,
    v_listing.desired_version, v_listing.write_inflight;
end;
$$;
comment on function app_private.begin_portal_write(
  uuid, uuid, app_private.portal_record, boolean, interval, boolean
) is
  'Decides about a leased listing. write: marked as under way, with what to write, and whether an
older one was. read: what is remembered does not suffice, the row must be read. lost: the lease is
somebody else''s. Anything else is settled and recorded. is_refused: the write that was begun under
this lease met another ETag, and no older one was under way (P3, P6).';
