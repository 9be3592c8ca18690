create or replace view app_private.timeline_of_nights
with (security_invoker = true)
as
-- What a night decided, also what was then no longer true, or failed.
select
  m.organization_id,
  a.mentor_id,
  a.decided_at as at,
  'night_' || a.outcome as kind,
  'Night: ' || replace(a.action, '_', ' ') || ', ' || a.outcome as title,
  concat_ws(' ', a.reason, a.outcome_detail) as detail,
  'nightly' as actor,
  'nightly_run_actions' as source,
  a.id::text as source_id,
  a.run_id as nightly_run_id,
  a.certification_id,
  a.assignment_id,
  null::uuid as notification_id
from app_public.nightly_run_actions as a
join app_public.mentors as m on m.id = a.mentor_id
union all
select
  m.organization_id,
  r.mentor_id,
  (r.decided_on + time '00:00') at time zone o.time_zone,
  'reminder_' || r.disposition,
  format('Reminder at %s days: %s', r.threshold_days, r.disposition),
  concat_ws(' ',
    format('Certification until %s.', r.expires_on),
    'Covered by the reminder at ' || r.collapsed_into_days || ' days.'
  ),
  case when r.nightly_run_id is null then 'import' else 'nightly' end,
  'certification_reminders',
  concat_ws(':', r.certification_id, r.expires_on, r.threshold_days),
  r.nightly_run_id,
  r.certification_id,
  null,
  null
from app_public.certification_reminders as r
join app_public.mentors as m on m.id = r.mentor_id
join app_public.organizations as o on o.id = m.organization_id
union all
select
  a.organization_id,
  a.mentor_id,
  (r.decided_on + time '00:00') at time zone o.time_zone,
  'follow_up_' || r.disposition,
  format('Follow-up, step %s: %s', r.step, r.disposition),
  concat_ws(' ',
    format('Assignment %s without contact since %s, %s days.', a.assignment_key, r.last_contact_on,
      r.silent_days),
    'Covered by step ' || r.collapsed_into_step || '.'
  ),
  case when r.nightly_run_id is null then 'import' else 'nightly' end,
  'follow_up_reminders',
  concat_ws(':', r.assignment_id, r.last_contact_on, r.step),
  r.nightly_run_id,
  null,
  r.assignment_id,
  null
from app_public.assignments as a
join app_public.follow_up_reminders as r on r.assignment_id = a.id
join app_public.organizations as o on o.id = a.organization_id;
comment on view app_private.timeline_of_nights is
  'What a timeline says about nights: decisions, reminders, follow-ups.';
grant select on app_private.timeline_of_nights to mentor_lifecycle_visitor;
