create or replace function app_private.due_subjects(
  mentor app_public.mentors,
  on_date date,
  action text
) returns uuid[]
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select array(
    select coalesce(d.assignment_id, d.certification_id)
    from app_private.nightly_decisions(mentor.organization_id, on_date, array[mentor.id]) as d
    where on_date >= app_private.local_date(mentor.organization_id)
      and d.action = due_subjects.action
  )
$$;
comment on function app_private.due_subjects(app_public.mentors, date, text) is
  'The certifications of which the night of today or of a date to come would remind a mentor (action
remind), or the assignments that it would follow up (follow_up); none for a date in the past. Part
of explain_mentor.';
