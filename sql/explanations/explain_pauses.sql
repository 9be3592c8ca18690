create or replace function app_private.explain_pauses(mentor app_public.mentors, on_date date)
returns setof app_public.explanation
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select null::integer, 'status',
    case p.kind when 'person' then 'pause by a person' else 'pause for certification' end,
    'fact', 'paused_' || case p.kind when 'person' then 'by_person' else 'for_certification' end,
    case p.cause
      when 'self' then format('The mentor paused on %s', said.started_on)
      when 'coordinator'
      then format('Somebody who looks after the mentor set the pause on %s', said.started_on)
      else format('Paused for certification on %s', said.started_on)
    end || case
      when p.kind = 'certification' then ': ' || p.reason
      when p.expected_return_on is null then ', without a planned return.'
      else format(', with a planned return on %s.', p.expected_return_on)
    end || coalesce(' It ended on ' || said.ended_on || ': ' || replace(p.end_cause, '_', ' ') || '.', ''),
    p.started_at, p.certification_id, null::uuid, p.nightly_run_id, null::uuid, null::uuid
  from app_public.mentor_pauses as p
  cross join lateral (
    select
      app_private.local_date(mentor.organization_id, p.started_at) as started_on,
      app_private.local_date(mentor.organization_id, p.ended_at) as ended_on
  ) as said
  where p.mentor_id = mentor.id
    and said.started_on <= on_date
    and (said.ended_on is null or said.ended_on >= on_date)
  order by p.started_at, p.kind
$$;
comment on function app_private.explain_pauses(app_public.mentors, date) is
  'Which pauses were open on a date, or ended on it, and whether they have ended since; part of
explain_mentor. Never the reason that a person gave: it may be about health.';
