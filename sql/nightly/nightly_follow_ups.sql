/*
 * Which assignments are followed up. Of the steps that the silence has reached only the latest
 * counts, and only if neither it nor a later one was dealt with for this last contact: an open
 * interval against a ledger, so that a missed night loses nothing and repeats nothing. Earlier
 * steps that were missed collapse into it. A later contact begins a new silence and arms all
 * steps again. A step that nobody was told of, because its cause had gone by then, was not dealt
 * with.
 *
 * The steps ascend by constraint, so width_bucket finds the latest that is reached: 0 for none,
 * also where no steps are set.
 *
 * The mentor's status after the night decides: who is paused tonight is left in peace, who
 * returns tonight is not.
 *
 * It sets nothing and is one statement, so that it is inlined and planned with its caller. The
 * mentors of a batch are asked for once, by nightly_states: asked for again of the assignments,
 * each look into the index would go through the whole batch.
 */
create or replace function app_private.nightly_follow_ups(
  organization_id uuid,
  run_on date,
  mentor_ids uuid[] default null
) returns table (
  mentor_id uuid,
  mentor_key text,
  assignment_id uuid,
  assignment_key text,
  last_contact_on date,
  silent_days integer,
  step integer,
  collapsed_steps integer[]
)
language sql
stable
as $$
  select
    m.mentor_id,
    m.mentor_key,
    a.id,
    a.assignment_key::text,
    a.last_contact_on,
    nightly_follow_ups.run_on - a.last_contact_on,
    due.step,
    nullif(array(
      select earlier.step
      from generate_series(1, due.step - 1) as earlier (step)
      where not exists (
        select from app_public.follow_up_reminders as done
        where done.assignment_id = a.id
          and done.last_contact_on = a.last_contact_on
          and done.step = earlier.step
      )
      order by earlier.step
    ), '{}')
  from app_public.organization_settings as s
  join app_public.assignments as a
    on a.organization_id = s.organization_id
    and (a.closed_on is null or a.closed_on > nightly_follow_ups.run_on)
  join app_private.nightly_states(
    nightly_follow_ups.organization_id, nightly_follow_ups.run_on, nightly_follow_ups.mentor_ids
  ) as m
    on m.mentor_id = a.mentor_id
    and m.status_after = 'active'
  cross join lateral (
    select width_bucket(
      nightly_follow_ups.run_on - a.last_contact_on - s.follow_up_after_days, s.follow_up_steps
    ) as step
  ) as due
  where s.organization_id = nightly_follow_ups.organization_id
    and due.step > 0
    and not exists (
      select from app_public.follow_up_reminders as done
      where done.assignment_id = a.id
        and done.last_contact_on = a.last_contact_on
        and done.step >= due.step
        and not exists (
          select from app_private.untold_follow_ups as u
          where u.assignment_id = done.assignment_id
            and u.last_contact_on = done.last_contact_on
            and u.step = done.step
        )
    )
$$;
comment on function app_private.nightly_follow_ups(uuid, date, uuid[]) is
  'Assignments to be followed up on a date: the latest step that is due and the missed ones that it
covers (F1). Null for mentor_ids means those of all mentors.';
