/*
 * Of a decision that several attempts made again, the latest counts.
 */
create or replace function app_private.explain_decisions(mentor app_public.mentors, on_date date)
returns setof app_public.explanation
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with run as (
    select r.*
    from app_public.nightly_runs as r
    where r.organization_id = mentor.organization_id
      and r.run_on = on_date
  ),
  decision as (
    select distinct on (
        a.action, a.pause_id, a.certification_id, a.expires_on, a.threshold_days, a.assignment_id,
        a.last_contact_on, a.step
      )
      a.*
    from run
    join app_public.nightly_run_actions as a
      on a.run_id = run.id
      and a.mentor_id = mentor.id
    order by a.action, a.pause_id, a.certification_id, a.expires_on, a.threshold_days,
      a.assignment_id, a.last_contact_on, a.step, a.id desc
  )
  select null::integer, 'plan', app_private.decision_subject(d.action, t.name, s.assignment_key),
    case d.outcome
      when 'planned' then 'waiting'
      when 'applied' then 'done'
      when 'superseded' then 'not_done'
      else 'failed'
    end,
    d.reason_code,
    concat_ws(' ', d.reason, case d.outcome
      when 'planned' then 'It is decided and not done yet.'
      when 'superseded' then 'It was decided and not done: ' || d.outcome_detail
      when 'failed' then 'It failed: ' || d.outcome_detail
    end),
    d.decided_at, d.certification_id, d.assignment_id, d.run_id, null::uuid, null::uuid
  from decision as d
  left join app_public.certifications as c on c.id = d.certification_id
  left join app_public.certification_types as t on t.id = c.certification_type_id
  left join app_public.assignments as s on s.id = d.assignment_id
  union all
  select null, 'plan', 'the mentor', 'not_done', 'left_alone',
    'The night decided nothing about this mentor.', null, null, null, run.id, null, null
  from run
  where run.state in ('succeeded', 'succeeded_with_failures')
    and not exists (select from decision)
$$;
comment on function app_private.explain_decisions(app_public.mentors, date) is
  'What the night of a date decided about a mentor, and what became of it; part of explain_mentor.';
