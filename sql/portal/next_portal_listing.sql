create or replace function app_private.next_portal_listing(mentor_ids uuid[])
returns app_public.portal_listings
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_listing app_public.portal_listings;
begin
  if mentor_ids is null then
    select l.* into v_listing
    from app_public.portal_listings as l
    where l.condition in ('pending', 'retrying')
      and l.next_attempt_at <= now()
      and (l.lease_until is null or l.lease_until <= now())
    order by l.desired_visible, l.next_attempt_at
    limit 1
    for no key update skip locked;
  else
    select l.* into v_listing
    from app_public.portal_listings as l
    where l.mentor_id = any (mentor_ids)
      and l.synced_version < l.desired_version
      and (l.lease_until is null or l.lease_until <= now())
    order by l.desired_visible, l.next_attempt_at
    limit 1
    for no key update skip locked;
  end if;
  return v_listing;
end;
$$;
comment on function app_private.next_portal_listing(uuid[]) is
  'The listing to tell the portal of next, locked: hides before shows, then by age. Of all listings
only one that is due, of the given mentors also one that is not (P2, P6, P8).';
