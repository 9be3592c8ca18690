create or replace function app_private.explain_assignments(mentor app_public.mentors, on_date date)
returns setof app_public.explanation
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with plan as materialized (
    select app_private.due_subjects(mentor, on_date, 'follow_up') as due
  )
  select null::integer, 'assignment', format('follow-up of "%s"', f.assignment_key), told.verdict,
    told.code, concat_ws(' ', told.sentence, f.since), r.started_at, null::uuid, f.assignment_id,
    r.id, null::uuid, null::uuid
  from plan
  cross join app_private.assignment_facts(mentor, on_date) as f
  cross join lateral app_private.follow_up_history(
    f.assignment_id, f.contact_on, greatest(f.step, 1), on_date
  ) as h
  left join app_public.nightly_runs as r on r.id = h.nightly_run_id
  left join app_private.inactivity(mentor, on_date) as idle on true
  cross join lateral (
    select rule.*
    from (values
      (1, h.sent is not null, 'done', 'followed_up', concat_ws(' ',
        app_private.follow_up_reason(
          f.assignment_key, h.sent_contact_on, h.sent_silent_days, h.sent, h.covered),
        format('The night of this date decided to tell the %s.',
          case h.sent when 1 then 'mentor' else 'coordinators' end))),
      (2, h.seeded is not null, 'not_done', 'seeded', format(
        'A silent import marked step %s as done on this date.', h.seeded)),
      (3, f.closed_on is not null, 'not_done', 'closed', format(
        'The assignment was closed on %s.', f.closed_on)),
      (4, f.step_count = 0, 'not_done', 'switched_off',
        'Follow-up is switched off: the organisation has set no steps.'),
      (5, idle.code is not null, 'not_done', idle.code, idle.sentence),
      (6, f.step = 0, 'not_done', 'not_reached', format(
        'The last contact was on %s, %s days before; the first step is due after %s days, on %s.',
        f.contact_on, f.silent_days, f.next_step_days, f.contact_on + f.next_step_days)),
      (7, h.earlier is not null, 'not_done', 'dealt_with', format(
        'The last contact was on %s, %s days before. %s %s', f.contact_on, f.silent_days, h.earlier,
        coalesce(
          'The next step is due after ' || f.next_step_days || ' days, on '
            || f.contact_on + f.next_step_days || '.',
          'It is the last step.')))
    ) as rule (place, fits, verdict, code, sentence)
    where rule.fits
    union all
    select 8, true, due.verdict, due.code, concat_ws(' ', app_private.follow_up_reason(
      f.assignment_key, f.contact_on, f.silent_days, f.step), due.sentence)
    from app_private.undecided(mentor, on_date, 'follow_up', f.assignment_id,
      f.assignment_id = any (plan.due), h.later) as due
    order by 1
    limit 1
  ) as told
$$;
comment on function app_private.explain_assignments(app_public.mentors, date) is
  'For each assignment of a mentor whether the night of a date followed it up, and if not, the first
condition of nightly_follow_ups that did not hold, with its values; part of explain_mentor.';
