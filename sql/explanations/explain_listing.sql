/*
 * Which wish held on a date is told by the mentor's version at its end, as the journal has it:
 * every event of the portal names the version with which it was written.
 */
create or replace function app_private.explain_listing(mentor app_public.mentors, on_date date)
returns setof app_public.explanation
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select null::integer, 'listing', 'the website', 'fact',
    case when e.kind = 'listing.hidden' then 'not_to_be_listed' else 'to_be_listed' end,
    case
      when e.kind <> 'listing.hidden'
      then 'To be shown on the website' || coalesce(' until ' || e.desired_until, '') || '.'
      when s.status <> 'active' then format('Not to be shown on the website: the mentor is %s.', s.status)
      when mentor.portal_consent then 'Not to be shown on the website: not certified.'
      else 'Not to be shown on the website: the mentor has not agreed to it.'
    end,
    e.created_at, null::uuid, null::uuid, null::uuid, null::uuid, null::uuid
  from app_private.status_on(mentor, on_date) as s
  cross join lateral (
    select event.*
    from app_public.portal_events as event
    where event.mentor_id = mentor.id
      and event.mentor_version <= s.version
      and event.kind <> 'listing.sync_requested'
    order by event.desired_version desc
    limit 1
  ) as e
  union all
  select null, 'listing', 'Dynamics',
    case l.condition when 'synced' then 'done' when 'needs_attention' then 'failed' else 'waiting' end,
    l.condition,
    app_private.portal_notice(l, 'en', o.time_zone),
    coalesce(l.pending_since, l.synced_at), null, null, null, null, null
  from app_public.portal_listings as l
  join app_public.organizations as o on o.id = l.organization_id
  where l.mentor_id = mentor.id
    and on_date = app_private.local_date(mentor.organization_id)
$$;
comment on function app_private.explain_listing(app_public.mentors, date) is
  'Whether a mentor was to be shown on the website on a date, and for today what the portal is known
to show; part of explain_mentor.';
