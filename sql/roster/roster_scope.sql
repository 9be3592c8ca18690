/*
 * A page of the roster goes through an index in its order until it is full. Who sees, or asks for,
 * forty of a hundred thousand mentors would wait for the whole walk; then it is quicker to fetch
 * the forty and sort them. Up to a thousand are fetched; with more, every hundredth mentor of a
 * hundred thousand is one of them, and a page is full soon.
 *
 * An operator who names no organisation goes through all.
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
    case when v_is_one and filter.statuses is not null then 'status' end,
    case when v_is_one and filter.portal_conditions is not null then 'portal_condition' end,
    case when v_is_one and filter.expires_until is not null then 'expiry' end,
    case when v_is_one and filter.quiet_since is not null then 'silence' end
  ], null);
  v_facet text;
  v_mentor_ids uuid[];
begin
  foreach v_facet in array v_facets loop
    v_mentor_ids := array(
      select * from app_private.roster_matches(filter, v_facet, v_most + 1)
    );
    if cardinality(v_mentor_ids) <= v_most then
      return v_mentor_ids;
    end if;
  end loop;
  return null;
end;
$$;
comment on function app_private.roster_scope(app_private.roster_filter) is
  'The mentors among whom those of a page are, where there are few; null where there are more than
a thousand and the page goes through all.';
