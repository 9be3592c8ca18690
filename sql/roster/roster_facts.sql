/*
 * The next expiry of a required type is that of the period which has begun last, or of one that
 * continues it without a gap: as reminders see it. Behind a gap the next period counts from its
 * first day on, and that day is one on which time alone changes the order.
 *
 * It sets nothing and is one statement, so that it is inlined: planned with its caller's arguments
 * it looks up a few mentors by index, and goes through an organisation in sequential scans. Each
 * table is narrowed by itself, before anything is joined: an import asks for a hundred thousand
 * mentors in tables about which nothing is known yet.
 */
create or replace function app_private.roster_facts(
  mentor_ids uuid[],
  organization_id uuid default null
) returns setof app_private.roster_positions
language sql
stable
as $$
  select
    m.id,
    m.organization_id,
    m.chapter_id,
    m.mentor_key::text,
    p.full_name::text,
    coalesce(held.next_expires_on, 'infinity'),
    coalesce(silent.last_contact_on, 'infinity'),
    least(held.changes_on, silent.changes_on)
  from app_public.mentors as m
  join app_public.people as p on p.id = m.person_id
  left join (
    select
      type.mentor_id,
      min(type.next_expires_on) as next_expires_on,
      min(type.changes_on) as changes_on
    from (
      select
        period.mentor_id,
        min(period.expires_on) filter (
          where not period.is_continued
            and period.expires_on >= coalesce(period.running_until, '-infinity')
        ) as next_expires_on,
        min(period.valid_from) filter (where period.valid_from > period.today) as changes_on
      from (
        select
          c.mentor_id,
          c.certification_type_id,
          c.valid_from,
          c.expires_on,
          clock.today,
          max(c.expires_on) filter (where c.valid_from <= clock.today)
            over (partition by c.mentor_id, c.certification_type_id) as running_until,
          coalesce(
            min(c.valid_from) over (
              partition by c.mentor_id, c.certification_type_id
              order by c.expires_on
              rows between 1 following and unbounded following
            ) <= c.expires_on + r.grace_days + 1,
            false
          ) as is_continued
        from app_public.certifications as c
        join app_private.certification_rules as r
          on r.certification_type_id = c.certification_type_id
          and r.is_required
        join app_private.local_dates as clock on clock.organization_id = c.organization_id
        where c.revoked_at is null
          and (roster_facts.mentor_ids is null or c.mentor_id = any (roster_facts.mentor_ids))
          and (
            roster_facts.organization_id is null
            or c.organization_id = roster_facts.organization_id
          )
      ) as period
      group by period.mentor_id, period.certification_type_id
    ) as type
    group by type.mentor_id
  ) as held on held.mentor_id = m.id
  left join (
    select
      a.mentor_id,
      min(a.last_contact_on) as last_contact_on,
      min(a.closed_on) as changes_on
    from app_public.assignments as a
    join app_private.local_dates as clock on clock.organization_id = a.organization_id
    where (a.closed_on is null or a.closed_on > clock.today)
      and (
        roster_facts.mentor_ids is null
        or a.mentor_id = any (roster_facts.mentor_ids)
        and a.organization_id in (
          select owner.organization_id
          from app_public.mentors as owner
          where owner.id = any (roster_facts.mentor_ids)
        )
      )
      and (
        roster_facts.organization_id is null
        or a.organization_id = roster_facts.organization_id
      )
    group by a.mentor_id
  ) as silent on silent.mentor_id = m.id
  where (roster_facts.mentor_ids is null or m.id = any (roster_facts.mentor_ids))
    and (roster_facts.organization_id is null or m.organization_id = roster_facts.organization_id)
$$;
comment on function app_private.roster_facts(uuid[], uuid) is
  'Where the mentors belong in the roster''s orders, from the facts and as of their organisation''s
today; null for mentor_ids means all, of an organisation if one is given (V1).';
