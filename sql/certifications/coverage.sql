/*
 * The days on which every required certification holds. A multirange and not one date, so that the
 * answer for any day, also of a renewal that begins later, stands in the row and needs no clock.
 *
 * It sets nothing and is one statement, so that it is inlined: planned with its caller's arguments
 * it looks up a few mentors by index, and goes through a million in two sequential scans.
 */
create or replace function app_private.coverage(
  mentor_ids uuid[],
  organization_id uuid default null
) returns table (mentor_id uuid, coverage datemultirange)
language sql
stable
as $$
  select
    m.id,
    case
      when coalesce(held.type_count, 0) = required.type_count
      then coalesce(held.coverage, '{(,)}')
      else '{}'
    end
  from app_public.mentors as m
  join (
    select o.id as organization_id, count(t.id) as type_count
    from app_public.organizations as o
    left join app_public.certification_types as t
      on t.organization_id = o.id
      and t.is_required
    group by o.id
  ) as required on required.organization_id = m.organization_id
  left join (
    select by_type.mentor_id, count(*) as type_count, range_intersect_agg(by_type.days) as coverage
    from (
      select
        c.mentor_id,
        range_agg(daterange(c.valid_from, c.expires_on + r.grace_days, '[]')) as days
      from app_public.certifications as c
      join app_private.certification_rules as r
        on r.certification_type_id = c.certification_type_id
      where c.revoked_at is null
        and r.is_required
        and (coverage.mentor_ids is null or c.mentor_id = any (coverage.mentor_ids))
        and (coverage.organization_id is null or c.organization_id = coverage.organization_id)
      group by c.mentor_id, c.certification_type_id
    ) as by_type
    group by by_type.mentor_id
  ) as held on held.mentor_id = m.id
  where (coverage.mentor_ids is null or m.id = any (coverage.mentor_ids))
    and (coverage.organization_id is null or m.organization_id = coverage.organization_id)
$$;
comment on function app_private.coverage(uuid[], uuid) is
  'For each of the mentors, or with null for all of an organisation, the days on which every
required certification holds, grace days included. Where nothing is required, every day.';
