create or replace function app_public.mentors_portal_notice(mentor app_public.mentors) returns text
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select app_public.portal_listings_notice(l)
  from app_public.portal_listings as l
  where l.mentor_id = mentor.id
$$;
comment on function app_public.mentors_portal_notice(app_public.mentors) is
  'The notice of the mentor''s listing, without a look at the listing (P4, P9); null for those who
may not read the mentor. security definer: the caller may not read every column of the listing.';
grant execute on function app_public.mentors_portal_notice(app_public.mentors)
  to mentor_lifecycle_visitor;
