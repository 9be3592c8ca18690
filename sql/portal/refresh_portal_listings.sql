create or replace function app_private.refresh_portal_listings(mentor_ids uuid[]) returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into app_public.portal_listings as l
    (mentor_id, organization_id, desired_visible, desired_until, desired_version, changed_at)
  select m.id, m.organization_id, d.is_visible, d.visible_until, 1, app_private.clock()
  from app_public.mentors as m
  cross join lateral app_private.desired_listing(
    m.status, m.portal_consent, m.coverage, app_private.local_date(m.organization_id)
  ) as d
  left join app_public.portal_listings as listed on listed.mentor_id = m.id
  where m.id = any (mentor_ids)
    and (listed.desired_visible, listed.desired_until)
      is distinct from (d.is_visible, d.visible_until)
  on conflict on constraint portal_listings_pkey do update
  set desired_visible = excluded.desired_visible,
      desired_until = excluded.desired_until,
      changed_at = excluded.changed_at
$$;
comment on function app_private.refresh_portal_listings(uuid[]) is
  'Brings the listings of these mentors up to date with status, consent and coverage, and gives
those one who have none; the events follow by trigger (P1).';
