/*
 * Where each mentor stands on a date and where the night would leave them: the facts on which
 * nightly_plan decides. Reads only; time is the argument.
 *
 * It sets nothing and is one statement, so that it is inlined: its caller's conditions then decide
 * how it is planned, and only the mentors that it asks for are ever stored. "offset 0" keeps the
 * planner from evaluating coverage once for each place that mentions it.
 */
create or replace function app_private.nightly_states(
  organization_id uuid,
  run_on date,
  mentor_ids uuid[] default null
) returns table (
  mentor_id uuid,
  mentor_key text,
  status text,
  coverage datemultirange,
  is_covered boolean,
  person_pause_id uuid,
  expected_return_on date,
  is_return_due boolean,
  certification_pause_id uuid,
  is_listed boolean,
  listed_until date,
  status_after text,
  is_listed_after boolean,
  listed_until_after date
)
language sql
stable
as $$
  select
    s.id,
    s.mentor_key::text,
    s.status,
    s.coverage,
    s.is_covered,
    s.person_pause_id,
    s.expected_return_on,
    s.is_return_due,
    s.certification_pause_id,
    s.is_listed,
    s.listed_until,
    after.status,
    d.is_visible,
    d.visible_until
  from (
    select
      m.*,
      m.coverage @> nightly_states.run_on as is_covered,
      person.id as person_pause_id,
      person.expected_return_on,
      coalesce(person.expected_return_on <= nightly_states.run_on, false) as is_return_due,
      certification.id as certification_pause_id,
      coalesce(l.desired_visible, false) as is_listed,
      l.desired_until as listed_until
    from app_public.mentors as m
    left join app_public.mentor_pauses as person
      on person.mentor_id = m.id
      and person.kind = 'person'
      and person.ended_at is null
    left join app_public.mentor_pauses as certification
      on certification.mentor_id = m.id
      and certification.kind = 'certification'
      and certification.ended_at is null
    left join app_public.portal_listings as l on l.mentor_id = m.id
    where m.organization_id = nightly_states.organization_id
      and (nightly_states.mentor_ids is null or m.id = any (nightly_states.mentor_ids))
    offset 0
  ) as s
  cross join lateral (
    select case
      when s.status = 'retired' then 'retired'
      when s.status = 'pending' and not s.is_covered then 'pending'
      when s.is_covered and (s.person_pause_id is null or s.is_return_due) then 'active'
      else 'paused'
    end as status
  ) as after
  cross join lateral app_private.desired_listing(
    after.status, s.portal_consent, s.coverage, nightly_states.run_on
  ) as d
$$;
comment on function app_private.nightly_states(uuid, date, uuid[]) is
  'The facts about an organisation''s mentors as of a date, and the status and listing in which the
night of that date would leave them. Null for mentor_ids means all.';
