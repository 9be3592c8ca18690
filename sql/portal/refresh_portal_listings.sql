create or replace function app_private.refresh_portal_listings(mentor_ids uuid[]) returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  with wanted as (
    select m.id, m.organization_id, m.version, d.is_visible, d.visible_until
    from app_public.mentors as m
    cross join lateral app_private.desired_listing(
      m.status, m.portal_consent, m.coverage, app_private.local_date(m.organization_id)
    ) as d
    where m.id = any (mentor_ids)
  ),
  changed as (
    select w.*, l.mentor_id is not null and l.desired_visible as was_visible
    from wanted as w
    left join app_public.portal_listings as l on l.mentor_id = w.id
    where (l.mentor_id is null and w.is_visible)
      or (l.desired_visible, l.desired_until) is distinct from (w.is_visible, w.visible_until)
        and l.mentor_id is not null
  ),
  listed as (
    insert into app_public.portal_listings as l
      (mentor_id, organization_id, desired_visible, desired_until, desired_version, changed_at)
    select c.id, c.organization_id, c.is_visible, c.visible_until, 1, app_private.clock()
    from changed as c
    on conflict on constraint portal_listings_pkey do update
    set desired_visible = excluded.desired_visible,
        desired_until = excluded.desired_until,
        desired_version = l.desired_version + 1,
        changed_at = excluded.changed_at
    returning l.mentor_id, l.desired_version
  )
  insert into app_public.portal_events
    (organization_id, mentor_id, desired_version, kind, desired_until, mentor_version)
  select
    c.organization_id,
    c.id,
    l.desired_version,
    case
      when not c.is_visible then 'listing.hidden'
      when c.was_visible then 'listing.until_changed'
      else 'listing.shown'
    end,
    c.visible_until,
    c.version
  from listed as l
  join changed as c on c.id = l.mentor_id
$$;
comment on function app_private.refresh_portal_listings(uuid[]) is
  'Brings the listings of these mentors up to date and writes a portal event for each that
changed, in the same transaction (P1).';
