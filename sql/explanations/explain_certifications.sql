create or replace function app_private.explain_certifications(
  mentor app_public.mentors,
  on_date date
) returns setof app_public.explanation
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with plan as materialized (
    select app_private.due_subjects(mentor, on_date, 'remind') as due
  )
  select null::integer, 'certification', format('reminder of "%s"', f.certification_type),
    told.verdict, told.code, concat_ws(' ', told.sentence, f.since),
    r.started_at, f.certification_id, null::uuid, r.id, null::uuid, null::uuid
  from plan
  cross join app_private.certification_facts(mentor, on_date) as f
  cross join lateral app_private.reminder_history(
    f.certification_id, f.expires_on, f.threshold, on_date
  ) as h
  left join app_public.nightly_runs as r on r.id = h.nightly_run_id
  left join app_private.status_on(mentor, on_date) as s on true
  cross join lateral (
    select rule.*
    from (values
      (1, h.sent is not null, 'done', 'reminded', format(
        'The reminder of the threshold of %s days was decided by the night of this date%s.',
        h.sent, '; it covers the missed ' || h.covered)),
      (2, h.seeded is not null, 'not_done', 'seeded', format(
        'A silent import marked the thresholds of %s days as done on this date.', h.seeded)),
      (3, f.revoked_on is not null, 'not_done', 'revoked', format('Revoked on %s.', f.revoked_on)),
      (4, s.status = 'retired', 'not_done', 'retired', format(
        'The mentor has been retired since %s.', s.since)),
      (5, f.first_threshold is null, 'not_done', 'no_thresholds',
        'No thresholds are set, so nobody is reminded.'),
      (6, f.renewed_from is not null, 'not_done', 'renewed', format(
        'Renewed: the next period begins on %s.', f.renewed_from)),
      (7, f.days_left < -f.grace_days, 'not_done', 'expired', format(
        'It expired on %s%s; after that nobody is reminded.', f.expires_on,
        case when f.grace_days > 0 then ', and its ' || f.grace_days || ' grace days are over' end)),
      (8, f.threshold is null, 'not_done', 'not_reached', format(
        '%s days left; the first threshold is %s days, reached on %s. %s', f.days_left,
        f.first_threshold, f.expires_on - f.first_threshold, f.thresholds)),
      (9, h.earlier is not null, 'not_done', 'dealt_with', format('%s days left. %s %s %s',
        f.days_left, h.earlier, coalesce(
          'The next one, of ' || f.next_threshold || ' days, is reached on '
            || f.expires_on - f.next_threshold || '.',
          'There is no further one.'),
        f.thresholds))
    ) as rule (place, fits, verdict, code, sentence)
    where rule.fits
    union all
    select 10, true, due.verdict, due.code, concat_ws(' ', format(
        'The threshold of %s days is reached, with %s days left.', f.threshold, f.days_left),
      due.sentence, f.thresholds)
    from app_private.undecided(mentor, on_date, 'remind', f.certification_id,
      f.certification_id = any (plan.due), h.later) as due
    order by 1
    limit 1
  ) as told
$$;
comment on function app_private.explain_certifications(app_public.mentors, date) is
  'For each certification of a mentor whether the night of a date reminded of it, and if not, the
first condition of nightly_reminders that did not hold, with its values; part of explain_mentor.';
