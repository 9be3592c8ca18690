/*
 * Everything held, and the ledger has nothing for this date: what remains is the night itself. Of
 * today and of a date to come the caller has asked the night's own decision.
 */
create or replace function app_private.undecided(
  mentor app_public.mentors,
  on_date date,
  action text,
  subject_id uuid,
  is_due boolean,
  later text
) returns table (verdict text, code text, sentence text)
language sql
stable
rows 1
set search_path = pg_catalog, pg_temp
as $$
  select told.verdict, told.code, told.sentence
  from (
    select
      app_private.local_date(mentor.organization_id) as today,
      coalesce(r.state in ('succeeded', 'succeeded_with_failures'), false) as ran,
      a.outcome,
      a.outcome_detail
    from (select) as always
    left join app_public.nightly_runs as r
      on r.organization_id = mentor.organization_id
      and r.run_on = on_date
    left join lateral (
      select own.*
      from app_public.nightly_run_actions as own
      where own.run_id = r.id
        and own.mentor_id = mentor.id
        and own.action = undecided.action
        and subject_id in (own.certification_id, own.assignment_id)
      order by own.id desc
      limit 1
    ) as a on true
  ) as night
  cross join lateral (
    select rule.*
    from (values
      (1, night.outcome = 'failed', 'failed', 'apply_failed', concat_ws(' ',
        'The night decided it and failed to do it:', night.outcome_detail, later)),
      (2, night.outcome = 'planned', 'waiting', 'not_applied_yet',
        'The night has decided it and not done it yet.'),
      (3, on_date > night.today and is_due, 'planned', 'due',
        'The night of this date does it, by what is known now.'),
      (4, night.ran and is_due, 'planned', 'due_since',
        'That has come true since the night ran; the next run does it.'),
      (5, is_due, 'waiting', 'due', 'The night of this date has not done it yet.'),
      (6, night.outcome = 'superseded', 'not_done', 'superseded', concat_ws(' ',
        'The night decided it and did not do it:', night.outcome_detail, later)),
      (7, later is not null, 'not_done', 'later', later),
      (8, not night.ran, 'not_done', 'no_night', 'No night ran on this date.'),
      (9, true, 'not_done', 'facts_changed',
        'That is so by what is known now; the night of this date knew something else.')
    ) as rule (place, fits, verdict, code, sentence)
    where rule.fits
    order by rule.place
    limit 1
  ) as told
$$;
comment on function app_private.undecided(app_public.mentors, date, text, uuid, boolean, text) is
  'Why something that was due on a date (action remind or follow_up, about a certification or an
assignment) is not in its ledger for that date, or when it will be. is_due: whether the night of
today or of a date to come would do it. later: what became of it afterwards, in a sentence. Part
of explain_mentor.';
