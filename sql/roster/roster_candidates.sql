/*
 * It sets nothing and is one statement, so that it is inlined: with the filter's values at hand
 * what does not narrow the page disappears, and the order, the cursor and the length of the page
 * reach the indexes. One table and questions about each row, no joins: the planner then walks in
 * the order of the page and stops when it is full.
 *
 * Who may see a mentor is said by the policy of the mentors. It is repeated here in short, so that
 * no page is spent on mentors whom the policy then takes out.
 */
create or replace function app_private.roster_candidates(
  filter app_private.roster_filter,
  mentor_ids uuid[]
) returns setof app_private.roster_positions
language sql
stable
as $$
  select p.*
  from app_private.roster_positions as p
  where (filter.organization_id is null or p.organization_id = filter.organization_id)
    and (roster_candidates.mentor_ids is null or p.mentor_id = any (roster_candidates.mentor_ids))
    and (
      filter.sees_all
      or p.chapter_id = any (filter.administered_chapter_ids)
      or (
        select true from app_public.coordinator_assignments as ca
        where ca.organization_id = p.organization_id
          and ca.mentor_id = p.mentor_id
          and ca.coordinator_id = filter.person_id
          and ca.period @> filter.today
      )
      or (
        select m.person_id = filter.person_id
        from app_public.mentors as m
        where m.id = p.mentor_id
      )
    )
    and (filter.chapter_id is null or p.chapter_id = filter.chapter_id)
    and (
      filter.coordinator_id is null
      or (
        select true from app_public.coordinator_assignments as ca
        where ca.organization_id = p.organization_id
          and ca.mentor_id = p.mentor_id
          and ca.coordinator_id = filter.coordinator_id
          and ca.period @> coalesce(filter.today, app_private.local_date(p.organization_id))
      )
    )
    and (
      filter.statuses is null
      or (
        select m.status = any (filter.statuses)
        from app_public.mentors as m
        where m.id = p.mentor_id
      )
    )
    and (
      filter.portal_conditions is null
      or (
        select l.condition = any (filter.portal_conditions)
        from app_public.portal_listings as l
        where l.mentor_id = p.mentor_id
      )
    )
    and (
      filter.search is null
      or app_private.is_found(p.full_name, p.mentor_key, filter.search)
    )
    and (filter.expires_until is null or p.next_expires_on <= filter.expires_until)
    and (filter.quiet_since is null or p.quietest_last_contact_on <= filter.quiet_since)
$$;
comment on function app_private.roster_candidates(app_private.roster_filter, uuid[]) is
  'The places in the roster of the mentors whom the filter lets through; of some of them, if they
are given.';
