/*
 * Planned anew at each call, because a filter that narrows nothing and one that leaves ten mentors
 * have nothing in common.
 */
create or replace function app_private.roster_places(
  filter app_private.roster_filter,
  order_by app_public.roster_order,
  after jsonb,
  length integer
) returns table (mentor_id uuid, place jsonb)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set random_page_cost = 1.1
set jit = off
as $$
declare
  v_scope constant uuid[] := app_private.roster_scope(filter);
  v_mentor_id constant uuid
    := coalesce((after ->> 1)::uuid, '00000000-0000-0000-0000-000000000000');
begin
  case order_by
    when 'name' then
      return query
      select c.mentor_id, jsonb_build_array(c.full_name, c.mentor_id)
      from app_private.roster_candidates(filter, v_scope) as c
      where (c.full_name, c.mentor_id) > (coalesce(after ->> 0, ''), v_mentor_id)
      order by c.full_name, c.mentor_id
      limit length;
    when 'key' then
      return query
      select c.mentor_id, jsonb_build_array(c.mentor_key, c.mentor_id)
      from app_private.roster_candidates(filter, v_scope) as c
      where (c.mentor_key, c.mentor_id) > (coalesce(after ->> 0, ''), v_mentor_id)
      order by c.mentor_key, c.mentor_id
      limit length;
    when 'next_expiry' then
      return query
      select c.mentor_id, jsonb_build_array(c.next_expires_on, c.mentor_id)
      from app_private.roster_candidates(filter, v_scope) as c
      where (c.next_expires_on, c.mentor_id)
        > (coalesce((after ->> 0)::date, '-infinity'), v_mentor_id)
      order by c.next_expires_on, c.mentor_id
      limit length;
    when 'quietest' then
      return query
      select c.mentor_id, jsonb_build_array(c.quietest_last_contact_on, c.mentor_id)
      from app_private.roster_candidates(filter, v_scope) as c
      where (c.quietest_last_contact_on, c.mentor_id)
        > (coalesce((after ->> 0)::date, '-infinity'), v_mentor_id)
      order by c.quietest_last_contact_on, c.mentor_id
      limit length;
  end case;
end;
$$;
comment on function app_private.roster_places(
  app_private.roster_filter, app_public.roster_order, jsonb, integer
) is
  'So many mentors whom the filter lets through, in the order, behind a place in it; and the place
of each.';
