/*
 * Turns the rows of the plan into facts; status, journal, listing and notifications follow by
 * trigger. Pauses come before returns, so that nobody is active in between.
 */
create or replace function app_private.apply_nightly_actions(
  run_id uuid,
  attempt integer,
  mentor_ids uuid[]
) returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run_on date;
begin
  select r.run_on into v_run_on
  from app_public.nightly_runs as r
  where r.id = apply_nightly_actions.run_id;
  perform app_private.recheck_nightly_actions(run_id, attempt, mentor_ids);

  insert into app_public.mentor_pauses
    (mentor_id, cause, reason, certification_id, started_at, started_by, nightly_run_id)
  select a.mentor_id, 'certification', a.reason, a.certification_id, app_private.clock(),
    app_private.actor(), a.run_id
  from app_private.applied_actions(run_id, attempt, mentor_ids, 'pause') as a;

  update app_public.mentor_pauses as p
  set ended_at = greatest(app_private.clock(), p.started_at),
      ended_by = app_private.actor(),
      end_cause = a.reason_code
  from app_private.applied_actions(run_id, attempt, mentor_ids, 'resume') as a
  where p.id = a.pause_id;
  update app_public.mentors as m
  set status = 'active'
  from app_private.applied_actions(run_id, attempt, mentor_ids, 'resume') as a
  where m.id = a.mentor_id
    and a.reason_code = 'certified';

  insert into app_public.certification_reminders (
    mentor_id, certification_id, expires_on, threshold_days, disposition, collapsed_into_days,
    decided_on, nightly_run_id
  )
  select a.mentor_id, a.certification_id, a.expires_on, t.days,
    case t.days when a.threshold_days then 'notified' else 'collapsed' end,
    case when t.days <> a.threshold_days then a.threshold_days end,
    v_run_on, a.run_id
  from app_private.applied_actions(run_id, attempt, mentor_ids, 'remind') as a
  cross join lateral unnest(a.threshold_days || a.collapsed_threshold_days) as t (days)
  on conflict on constraint certification_reminders_once do nothing;

  insert into app_public.follow_up_reminders (
    assignment_id, mentor_id, last_contact_on, step, silent_days, disposition, collapsed_into_step,
    decided_on, nightly_run_id
  )
  select a.assignment_id, a.mentor_id, a.last_contact_on, s.step, v_run_on - a.last_contact_on,
    case s.step when a.step then 'notified' else 'collapsed' end,
    case when s.step <> a.step then a.step end,
    v_run_on, a.run_id
  from app_private.applied_actions(run_id, attempt, mentor_ids, 'follow_up') as a
  cross join lateral unnest(a.step || a.collapsed_steps) as s (step)
  order by a.assignment_id
  on conflict on constraint follow_up_reminders_once do nothing;
  perform app_private.reopen_follow_ups(run_id, attempt, mentor_ids);

  -- Most listings have followed the status by now; asking for all of them again costs as much.
  perform app_private.refresh_portal_listings(array(
    select a.mentor_id
    from app_private.applied_actions(run_id, attempt, mentor_ids, 'hide') as a
    join app_public.portal_listings as l on l.mentor_id = a.mentor_id
    where l.desired_visible
    union
    select a.mentor_id from app_private.applied_actions(run_id, attempt, mentor_ids, 'show') as a
  ));
end;
$$;
comment on function app_private.apply_nightly_actions(uuid, integer, uuid[]) is
  'Applies the planned actions of locked mentors, whose assignments to be followed up are locked
too, after deciding them again. Each fact is written once: a pause, the end of a pause, a
reminder, a follow-up, a listing (C1, C2, F1).';
