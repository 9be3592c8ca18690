/*
 * What a row says follows the mentor: whoever may read the mentor may read it. So it is looked up
 * with the owner's rights, for mentors whom the policy has let through, instead of asking the same
 * policy again for each of their rows.
 */
create or replace function app_private.roster_entries(mentors app_public.mentors[])
returns setof app_public.roster_entry
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  with caller as materialized (
    select p.locale
    from (values (1)) as one
    left join app_public.people as p on p.id = app_public.current_person_id()
  )
  select
    m.id,
    m.mentor_key::text,
    place.full_name,
    m.chapter_id,
    c.name::text,
    m.status,
    m.version,
    m.coverage @> day.today,
    pause.cause,
    pause.expected_return_on,
    nullif(place.next_expires_on, 'infinity'),
    nullif(place.next_expires_on, 'infinity') - day.today,
    (
      select count(*)::integer
      from app_public.assignments as a
      where a.organization_id = m.organization_id
        and a.mentor_id = m.id
        and (a.closed_on is null or a.closed_on > day.today)
    ),
    nullif(place.quietest_last_contact_on, 'infinity'),
    l.condition,
    app_private.portal_notice(l, coalesce(caller.locale, o.locale), o.time_zone)
  from unnest(mentors) as m
  join app_private.roster_positions_today(
    array(select n.id from unnest(mentors) as n)
  ) as place on place.mentor_id = m.id
  join app_public.chapters as c on c.id = m.chapter_id
  join app_public.organizations as o on o.id = m.organization_id
  join app_public.portal_listings as l on l.mentor_id = m.id
  cross join caller
  cross join lateral (
    select (app_private.clock() at time zone o.time_zone)::date as today
    offset 0
  ) as day
  left join lateral (
    select
      coalesce(min(p.cause) filter (where p.kind = 'person'), min(p.cause)) as cause,
      min(p.expected_return_on) as expected_return_on
    from app_public.mentor_pauses as p
    where p.mentor_id = m.id
      and p.ended_at is null
  ) as pause on true
$$;
comment on function app_private.roster_entries(app_public.mentors[]) is
  'The rows of the roster for mentors whom the caller may read. security definer: see above.';
grant execute on function app_private.roster_entries(app_public.mentors[])
  to mentor_lifecycle_visitor;
