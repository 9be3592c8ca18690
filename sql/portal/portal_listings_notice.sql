create or replace function app_public.portal_listings_notice(listing app_public.portal_listings)
returns text
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select app_private.portal_notice(
    l,
    coalesce(
      (select p.locale from app_public.people as p where p.id = app_public.current_person_id()),
      o.locale
    ),
    o.time_zone
  )
  from app_public.portal_listings as l
  join app_public.organizations as o on o.id = l.organization_id
  where l.mentor_id = listing.mentor_id
    and app_private.reads_mentor(l.mentor_id)
$$;
comment on function app_public.portal_listings_notice(app_public.portal_listings) is
  'What the portal is known to show about the mentor, as a sentence in the caller''s language, else
the organisation''s, with times in the organisation''s zone (P4, P9). security definer: the
caller may not read every column, nor the gate.';
grant execute on function app_public.portal_listings_notice(app_public.portal_listings)
  to mentor_lifecycle_visitor;
