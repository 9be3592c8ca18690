/*
 * A page of the roster goes through an index in its order until it is full. Who sees, or asks for,
 * forty of a hundred thousand mentors would wait for the whole walk; then it is quicker to fetch
 * the forty and sort them. Up to a thousand are fetched; with more, every hundredth mentor of a
 * hundred thousand is one of them, and a page is full soon.
 *
 * Only facets that an index answers, and values that are rare: nearly every mentor is active, and
 * nearly every listing synced. An operator who names no organisation goes through all.
 */
create or replace function app_private.roster_scope(filter app_private.roster_filter)
returns uuid[]
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set random_page_cost = 1.1
set jit = off
as $$
declare
  v_most constant integer := 1000;
  v_is_one constant boolean := filter.organization_id is not null;
  v_facets constant text[] := array_remove(array[
    case when filter.coordinator_id is not null then 'coordinator' end,
    case when filter.person_id is not null and not filter.sees_all then 'caller' end,
    case when v_is_one and filter.search is not null then 'search' end,
    case when v_is_one and filter.chapter_id is not null then 'chapter' end,
    case when v_is_one and not 'active' = any (filter.statuses) then 'status' end,
    case
      when v_is_one and not 'synced' = any (filter.portal_conditions) then 'portal_condition'
    end
  ], null);
  v_facet text;
  v_mentor_ids uuid[];
begin
  foreach v_facet in array v_facets loop
    v_mentor_ids := array(
      select * from app_private.roster_matches(filter, v_facet, v_most + 1)
    );
  end if;
  if filter.person_id is not null and not filter.sees_all
    and cardinality(v_mentor_ids) <= v_most is not true
  then
    v_mentor_ids := array(
      select *
      from app_private.visible_mentors(filter)
      limit v_most + 1
    );
  end if;
  -- An operator who names no organisation goes through all.
  if filter.organization_id is null then
    return case when cardinality(v_mentor_ids) <= v_most then v_mentor_ids end;
  end if;
  if filter.search is not null and cardinality(v_mentor_ids) <= v_most is not true then
    v_mentor_ids := array(
      select p.mentor_id
      from app_private.roster_positions as p
      where app_private.is_found(p.full_name, p.mentor_key, filter.search)
        and p.organization_id = filter.organization_id
      limit v_most + 1
    );
  end if;
  if filter.chapter_id is not null and cardinality(v_mentor_ids) <= v_most is not true then
    v_mentor_ids := array(
      select p.mentor_id
      from app_private.roster_positions as p
      where p.organization_id = filter.organization_id
        and p.chapter_id = filter.chapter_id
      limit v_most + 1
    );
  end if;
  if filter.statuses is not null and cardinality(v_mentor_ids) <= v_most is not true then
    v_mentor_ids := array(
      select m.id
      from app_public.mentors as m
      where m.organization_id = filter.organization_id
        and m.status = any (filter.statuses)
      limit v_most + 1
    );
  end if;
  if filter.portal_conditions is not null
    and cardinality(v_mentor_ids) <= v_most is not true
  then
    v_mentor_ids := array(
      select l.mentor_id
      from app_public.portal_listings as l
      where l.organization_id = filter.organization_id
        and l.condition = any (filter.portal_conditions)
      limit v_most + 1
    );
  end if;
  if filter.expires_until is not null and cardinality(v_mentor_ids) <= v_most is not true then
    v_mentor_ids := array(
      select p.mentor_id
      from app_private.roster_positions as p
      where p.organization_id = filter.organization_id
        and p.next_expires_on <= filter.expires_until
      limit v_most + 1
    );
  end if;
  if filter.quiet_since is not null and cardinality(v_mentor_ids) <= v_most is not true then
    v_mentor_ids := array(
      select p.mentor_id
      from app_private.roster_positions as p
      where p.organization_id = filter.organization_id
        and p.quietest_last_contact_on <= filter.quiet_since
      limit v_most + 1
    );
  end if;
  return case when cardinality(v_mentor_ids) <= v_most then v_mentor_ids end;
end;
$$;
comment on function app_private.roster_scope(app_private.roster_filter) is
  'The mentors among whom those of a page are, where there are few; null where there are more than
a thousand and the page goes through all.';
