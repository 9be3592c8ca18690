/*
 * One statement for a page, whose cost is that of its rows: roster_page finds them in an index,
 * the policy of the mentors lets them through, roster_entries looks up what they say. One row more
 * than is asked for tells whether there is a next page.
 *
 * The body is parsed here and not when it is called, because the caller may not use names of
 * app_private.
 */
create or replace function app_public.roster(
  organization_id uuid default null,
  chapter_id uuid default null,
  coordinator_id uuid default null,
  statuses text[] default null,
  portal_conditions text[] default null,
  search text default null,
  expires_within_days integer default null,
  quiet_for_days integer default null,
  order_by app_public.roster_order default 'name',
  first integer default 25,
  after text default null
) returns app_public.roster_connection
language sql
stable
begin atomic
  with page as materialized (
    select p.mentor_id, p.place, p.position
    from app_private.roster_page(
      roster.organization_id, roster.chapter_id, roster.coordinator_id, roster.statuses,
      roster.portal_conditions, roster.search, roster.expires_within_days, roster.quiet_for_days,
      coalesce(roster.order_by, 'name'), coalesce(roster.first, 25), roster.after
    ) with ordinality as p (mentor_id, place, position)
  ),
  readable as materialized (
    select
      m as mentor,
      p.position,
      app_private.roster_cursor(p.place, coalesce(roster.order_by, 'name')) as cursor
    from page as p
    join app_public.mentors as m on m.id = p.mentor_id
    where p.position <= coalesce(roster.first, 25)
  ),
  edge as (
    select e as node, r.cursor, r.position
    from app_private.roster_entries(array(select r.mentor from readable as r)) as e
    join readable as r on (r.mentor).id = e.mentor_id
  )
  select row(
    coalesce(array_agg(e.node order by e.position), '{}'),
    coalesce(
      array_agg(row(e.cursor, e.node)::app_public.roster_edge order by e.position), '{}'
    ),
    row(
      (select count(*) > coalesce(roster.first, 25) from page),
      roster.after is not null,
      (array_agg(e.cursor order by e.position))[1],
      (array_agg(e.cursor order by e.position desc))[1]
    )::app_public.roster_page_info
  )::app_public.roster_connection
  from edge as e;
end;
comment on function app_public.roster(
  uuid, uuid, uuid, text[], text[], text, integer, integer, app_public.roster_order, integer, text
) is
  'The mentors whom the caller may see, a page at a time: status, pause, next expiry, open
assignments, oldest silence, and what the portal is known to show, as a sentence (V1, P4). Every
argument narrows it: organisation; chapter; coordinator (today); statuses; conditions of the
portal''s listing; search, a part of the name or the beginning of the key; a required
certification that ends within so many days or has ended; an open assignment without contact for
at least so many days. first is at most 100, after the end_cursor of the page before. Errors:
MNARG.';
grant execute on function app_public.roster(
  uuid, uuid, uuid, text[], text[], text, integer, integer, app_public.roster_order, integer, text
) to mentor_lifecycle_visitor;
