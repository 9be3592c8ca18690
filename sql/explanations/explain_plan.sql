/*
 * A night that has finished is asked as well: what came true after it is for the next one.
 */
create or replace function app_private.explain_plan(mentor app_public.mentors, on_date date)
returns setof app_public.explanation
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with night as (
    select r.id, r.state in ('succeeded', 'succeeded_with_failures') as is_over
    from (select) as always
    left join app_public.nightly_runs as r
      on r.organization_id = mentor.organization_id
      and r.run_on = on_date
    where on_date >= app_private.local_date(mentor.organization_id)
      and coalesce(r.state not in ('running', 'needs_approval'), true)
  ),
  decision as (
    select d.*
    from night
    cross join lateral app_private.nightly_decisions(
      mentor.organization_id, on_date, array[mentor.id]
    ) as d
  )
  select null::integer, 'plan',
    app_private.decision_subject(d.action, d.certification_type, d.assignment_key), 'planned',
    d.reason_code,
    concat_ws(' ', d.reason, case
      when night.is_over then 'It has come true since the night ran; the next run does it.'
    end),
    null::timestamptz, d.certification_id, d.assignment_id, null::uuid, null::uuid, null::uuid
  from night
  cross join decision as d
  union all
  select null, 'plan', 'the mentor', 'not_done', 'left_alone',
    'The night leaves the mentor alone: ' || n.reason, null, null, null, null, null, null
  from night
  cross join lateral app_private.nightly_inaction(
    mentor.organization_id, on_date, array[mentor.id]
  ) as n
  where night.is_over is not true
    and not exists (select from decision)
$$;
comment on function app_private.explain_plan(app_public.mentors, date) is
  'What the night of today or of a date to come would do about a mentor, by nightly_decisions; part
of explain_mentor.';
