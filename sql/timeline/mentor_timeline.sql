/*
 * One statement with the caller's rights: each part shows what its tables' policies let through.
 * The body is parsed here, because the caller may not use names of app_private.
 */
create or replace function app_public.mentor_timeline(
  mentor app_public.mentors,
  until timestamptz default null
) returns setof app_public.timeline_entry
language sql
stable
begin atomic
  select
    e.at,
    e.kind,
    e.title,
    nullif(e.detail, ''),
    split_part(e.actor, ':', 1),
    actor.id,
    (select p.full_name::text from app_public.people as p where p.id = actor.id),
    e.source,
    e.source_id,
    e.nightly_run_id,
    e.certification_id,
    e.assignment_id,
    e.notification_id
  from (
    select * from app_private.timeline_of_mentors
    union all
    select * from app_private.timeline_of_nights
    union all
    select * from app_private.timeline_of_assignments
    union all
    select * from app_private.timeline_of_portal
    union all
    select * from app_private.timeline_of_messages
    union all
    select * from app_private.timeline_of_alerts
  ) as e
  cross join lateral (
    select case when e.actor ~ '^person:[0-9a-f-]{36}$' then substr(e.actor, 8)::uuid end as id
  ) as actor
  where e.organization_id = (mentor).organization_id
    and e.mentor_id = (mentor).id
    and e.at <= coalesce(until, 'infinity')
  order by e.at desc, e.source, e.source_id desc;
end;
comment on function app_public.mentor_timeline(app_public.mentors, timestamptz) is
  '@fieldName timeline
Everything that happened about the mentor and why, the newest first, as far as the caller may
see it: changes and pauses, certifications, nights, contacts, the portal, who was told, alerts
(V3). Nothing after until, so that pages do not shift while things go on happening.';
grant execute on function app_public.mentor_timeline(app_public.mentors, timestamptz)
  to mentor_lifecycle_visitor;
