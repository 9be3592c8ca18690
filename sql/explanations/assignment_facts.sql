/*
 * The conditions of nightly_follow_ups one by one, as of a date. The settings are those of today:
 * earlier ones are not kept.
 *
 * Assignments that were closed more than 90 days before are nobody's question any more.
 */
create or replace function app_private.assignment_facts(mentor app_public.mentors, on_date date)
returns table (
  assignment_id uuid,
  assignment_key text,
  closed_on date,
  contact_on date,
  silent_days integer,
  step_count integer,
  step integer,
  next_step_days integer,
  since text
)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select a.id, a.assignment_key::text,
    case when a.closed_on <= on_date then a.closed_on end,
    known.contact_on,
    on_date - known.contact_on,
    cardinality(s.follow_up_steps),
    reached.step,
    s.follow_up_after_days + s.follow_up_steps[reached.step + 1],
    nullif(concat_ws(' ',
      case
        when a.last_contact_on <> known.contact_on
        then format('What was known then has changed: the last contact known today was on %s%s.',
          a.last_contact_on, (
            select ', registered on '
              || min(app_private.local_date(a.organization_id, act.registered_at))
            from app_public.activity_assignments as l
            join app_public.activities as act on act.id = l.activity_id
            where l.assignment_id = a.id
              and act.occurred_on = a.last_contact_on
              and act.removed_at is null
          ))
      end,
      case when a.closed_on > on_date then format('It closes on %s.', a.closed_on) end
    ), '')
  from app_public.assignments as a
  join app_public.organization_settings as s on s.organization_id = a.organization_id
  cross join lateral (
    select case
      when on_date < app_private.local_date(a.organization_id)
      then app_private.last_contact_on_date(a, on_date)
      else a.last_contact_on
    end as contact_on
  ) as known
  cross join lateral (
    select width_bucket(
      on_date - known.contact_on - s.follow_up_after_days, s.follow_up_steps
    ) as step
  ) as reached
  where a.organization_id = mentor.organization_id
    and a.mentor_id = mentor.id
    and a.opened_on <= on_date
    and (a.closed_on is null or a.closed_on >= on_date - 90)
  order by a.assignment_key
$$;
comment on function app_private.assignment_facts(app_public.mentors, date) is
  'What decides about following up each assignment of a mentor on a date: the last contact as it was
known then, the step that is reached (0: none) and after how many days the next one is, and what has
changed since, in sentences; part of explain_mentor.';
