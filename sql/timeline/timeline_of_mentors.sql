create or replace view app_private.timeline_of_mentors
with (security_invoker = true)
as
-- The journal; a pause that a person has planned says until when.
select
  m.organization_id,
  j.mentor_id,
  j.at,
  j.event as kind,
  initcap(left(j.event, 1)) || replace(substr(j.event, 2), '_', ' ')
    || coalesce(' (' || j.cause || ')', '') as title,
  concat_ws(' ',
    rtrim(j.reason, '.') || '.',
    case when j.event = 'paused' then 'Planned return: ' || p.expected_return_on || '.' end,
    case
      when j.from_status is distinct from j.to_status
      then concat_ws(' → ', j.from_status, j.to_status) || '.'
    end
  ) as detail,
  j.actor,
  'mentor_journal' as source,
  j.version::text as source_id,
  j.nightly_run_id,
  j.certification_id,
  null::uuid as assignment_id,
  null::uuid as notification_id
from app_public.mentor_journal as j
join app_public.mentors as m on m.id = j.mentor_id
left join app_public.mentor_pauses as p on p.id = j.pause_id
union all
-- What an import brought along has no row of its own in the journal.
select
  m.organization_id,
  p.mentor_id,
  p.started_at,
  'paused',
  'Paused (' || p.cause || ')',
  p.reason::text,
  p.started_by,
  'mentor_pauses',
  p.id::text,
  p.nightly_run_id,
  p.certification_id,
  null,
  null
from app_public.mentor_pauses as p
join app_public.mentors as m on m.id = p.mentor_id
where not exists (
  select from app_public.mentor_journal as j
  where j.mentor_id = p.mentor_id
    and j.pause_id = p.id
    and j.event = 'paused'
)
union all
select
  c.organization_id,
  c.mentor_id,
  c.created_at,
  'certified',
  'Certified',
  format('%s from %s to %s', t.name, c.valid_from, c.expires_on),
  null,
  'certifications',
  c.id::text,
  null,
  c.id,
  null,
  null
from app_public.certifications as c
join app_public.certification_types as t on t.id = c.certification_type_id
where not exists (
  select from app_public.mentor_journal as j
  where j.mentor_id = c.mentor_id
    and j.certification_id = c.id
    and j.event = 'certified'
);
comment on view app_private.timeline_of_mentors is
  'What a timeline says about status, pauses and certifications.';
grant select on app_private.timeline_of_mentors to mentor_lifecycle_visitor;
