create or replace function app_private.roster_matches(
  filter app_private.roster_filter,
  facet text,
  most integer
) returns setof uuid
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  case facet
    when 'coordinator' then
      return query
      select * from app_private.coordinated_mentors(filter.coordinator_id) limit most;
    when 'caller' then
      return query
      select * from app_private.visible_mentors(filter) limit most;
    when 'search' then
      return query
      select p.mentor_id
      from app_private.roster_positions as p
      where app_private.is_found(p.full_name, p.mentor_key, filter.search)
        and p.organization_id = filter.organization_id
      limit most;
    when 'chapter' then
      return query
      select p.mentor_id
      from app_private.roster_positions as p
      where p.organization_id = filter.organization_id
        and p.chapter_id = filter.chapter_id
      limit most;
    when 'status' then
      return query
      select m.id
      from app_public.mentors as m
      where m.organization_id = filter.organization_id
        and m.status = any (filter.statuses)
      limit most;
    when 'portal_condition' then
      return query
      select l.mentor_id
      from app_public.portal_listings as l
      where l.organization_id = filter.organization_id
        and l.condition = any (filter.portal_conditions)
      limit most;
    when 'expiry' then
      return query
      select p.mentor_id
      from app_private.roster_positions as p
      where p.organization_id = filter.organization_id
        and p.next_expires_on <= filter.expires_until
      limit most;
    when 'silence' then
      return query
      select p.mentor_id
      from app_private.roster_positions as p
      where p.organization_id = filter.organization_id
        and p.quietest_last_contact_on <= filter.quiet_since
      limit most;
  end case;
end;
$$;
comment on function app_private.roster_matches(app_private.roster_filter, text, integer) is
  'The mentors whom one facet of a filter lets through, in no order, and no more than so many.';
