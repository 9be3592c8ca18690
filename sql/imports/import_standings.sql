/*
 * What the certifications of new mentors say about them on a day. coverage is what
 * app_private.coverage() will compute once they are stored; a test holds both to the same answer.
 *
 * Of several required types that have expired, the one that expired first is the cause.
 */
create or replace function app_private.import_standings(
  organization_id uuid,
  import_id uuid,
  as_of date
) returns table (
  mentor_key text,
  coverage datemultirange,
  is_certified boolean,
  lapsed_type text,
  lapsed_until date,
  lapsed_expires_on date
)
language sql
stable
rows 10000
set search_path = pg_catalog, pg_temp
as $$
  with held as (
    select
      p.mentor_key,
      r.name,
      r.is_required,
      r.grace_days,
      range_agg(daterange(p.valid_from, p.expires_on + r.grace_days, '[]')) as days,
      max(p.expires_on) filter (where p.expires_on + r.grace_days < as_of) as last_expired_on
    from app_private.import_periods(organization_id, import_id) as p
    join app_private.certification_rules as r
      on r.organization_id = import_standings.organization_id
      and r.name = p.certification_type
    where p.mentor_id is null
    group by p.mentor_key, r.certification_type_id, r.name, r.is_required, r.grace_days
  ),
  lapsed as (
    select distinct on (h.mentor_key)
      h.mentor_key, h.name, h.last_expired_on + h.grace_days as until, h.last_expired_on
    from held as h
    where h.is_required
      and h.last_expired_on is not null
      and not h.days @> as_of
    order by h.mentor_key, h.last_expired_on + h.grace_days, h.name
  )
  select
    h.mentor_key,
    case
      when count(*) filter (where h.is_required) = (
        select count(*)
        from app_public.certification_types as t
        where t.organization_id = import_standings.organization_id
          and t.is_required
      )
      then coalesce(range_intersect_agg(h.days) filter (where h.is_required), '{(,)}')
      else '{}'
    end,
    bool_or(h.days @> as_of),
    l.name,
    l.until,
    l.last_expired_on
  from held as h
  left join lapsed as l using (mentor_key)
  group by h.mentor_key, l.name, l.until, l.last_expired_on
$$;
comment on function app_private.import_standings(uuid, uuid, date) is
  'For new mentors of a file who have certifications: the days on which they are covered, whether
any certification holds on the day, and which required one expired first, if they lapsed.';
