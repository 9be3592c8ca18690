/*
 * What is known by its date alone stands at the beginning of that date, which is never still to
 * come.
 */
create or replace view app_private.timeline_of_assignments
with (security_invoker = true)
as
select
  a.organization_id,
  a.mentor_id,
  (a.opened_on + time '00:00') at time zone o.time_zone as at,
  'assignment_opened' as kind,
  'Assignment opened' as title,
  format('Assignment %s for %s.', a.assignment_key, a.client_reference) as detail,
  null as actor,
  'assignments' as source,
  a.id || ':opened' as source_id,
  null::uuid as nightly_run_id,
  null::uuid as certification_id,
  a.id as assignment_id,
  null::uuid as notification_id
from app_public.assignments as a
join app_public.organizations as o on o.id = a.organization_id
union all
select
  a.organization_id,
  a.mentor_id,
  (a.closed_on + time '00:00') at time zone o.time_zone,
  'assignment_closed',
  'Assignment closed',
  format('Assignment %s for %s; last contact on %s.', a.assignment_key, a.client_reference,
    a.last_contact_on),
  null,
  'assignments',
  a.id || ':closed',
  null,
  null,
  a.id,
  null
from app_public.assignments as a
join app_public.organizations as o on o.id = a.organization_id
where a.closed_on <= (app_private.clock() at time zone o.time_zone)::date
union all
select
  c.organization_id,
  c.mentor_id,
  c.registered_at,
  'contact_registered',
  'Contact registered (' || replace(c.kind, '_', ' ') || ')',
  format('Contact on %s; assignments: %s.', c.occurred_on, (
    select string_agg(a.assignment_key::text, ', ' order by a.assignment_key::text)
    from app_public.activity_assignments as l
    join app_public.assignments as a on a.id = l.assignment_id
    where l.activity_id = c.id
  )),
  c.registered_by,
  'activities',
  c.id || ':registered',
  null,
  null,
  null,
  null
from app_public.activities as c
union all
select
  c.organization_id,
  c.mentor_id,
  c.removed_at,
  'contact_removed',
  'Contact taken back',
  format('Contact on %s, registered %s.', c.occurred_on, c.registered_at::date),
  c.removed_by,
  'activities',
  c.id || ':removed',
  null,
  null,
  null,
  null
from app_public.activities as c
where c.removed_at is not null
union all
select
  a.organization_id,
  a.mentor_id,
  c.corrected_at,
  'last_contact_corrected',
  'Last contact corrected',
  format('Assignment %s: from %s to %s. %s', a.assignment_key, c.previous_contact_on,
    c.last_contact_on, c.reason),
  c.corrected_by,
  'last_contact_corrections',
  c.id::text,
  null,
  null,
  a.id,
  null
from app_public.assignments as a
join app_public.last_contact_corrections as c on c.assignment_id = a.id;
comment on view app_private.timeline_of_assignments is
  'What a timeline says about assignments and contacts.';
grant select on app_private.timeline_of_assignments to mentor_lifecycle_visitor;
