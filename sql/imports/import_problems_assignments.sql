create or replace function app_private.import_problems_assignments(
  organization_id uuid,
  import_id uuid
) returns table (line integer, column_name text, value text, cause text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with filed as (
    select r.*, m.id as mentor_id, a.mentor_id as known_mentor_id, a.closed_on,
      a.entered_contact_on, earliest.occurred_on as first_contact_on,
      min(r.line) over (partition by r.assignment_key) as first_line,
      app_private.local_date(import_problems_assignments.organization_id) as today
    from app_private.import_assignment_rows(import_id) as r
    left join app_public.mentors as m
      on m.organization_id = import_problems_assignments.organization_id
      and m.mentor_key = r.mentor_key
    left join app_public.assignments as a
      on a.organization_id = import_problems_assignments.organization_id
      and a.assignment_key = r.assignment_key
    left join lateral (
      select min(act.occurred_on) as occurred_on
      from app_public.activity_assignments as l
      join app_public.activities as act on act.id = l.activity_id
      where l.assignment_id = a.id
        and l.correction_id is null
        and act.removed_at is null
    ) as earliest on true
  )
  select f.line, c.column_name, c.value, c.cause
  from filed as f
  cross join lateral (values
    ('assignment_key', f.assignment_key, case
      when f.assignment_key is null then 'is empty; every assignment needs a key that stays'
      when f.first_line < f.line
        then format('stands on line %s already; keep one of them', f.first_line)
      else app_private.label_problem(f.assignment_key)
    end),
    ('mentor_key', f.mentor_key, case
      when f.mentor_key is null then 'is empty; every assignment belongs to a mentor'
      when f.mentor_id is null then 'is not the key of a mentor; import the mentor first'
      when f.mentor_id <> f.known_mentor_id then 'is not the mentor who has this assignment here; '
        'an assignment stays with its mentor, so give the new one a key of its own'
    end),
    ('client_reference', f.client_reference, case
      when f.client_reference is null then 'is empty; write the number of the case, never a name'
      when f.client_reference ~ '@.*[.]'
        then 'looks like an e-mail address; write the number of the case, never who it is'
      else app_private.label_problem(f.client_reference)
    end),
    ('opened_on', f.opened_on, case
      when f.opened_on is null then 'is empty; write the first day'
      when f.first_day > f.today then format('lies after today, %s; correct it', f.today)
      when f.first_day > f.closed_on
        then format('lies after the day on which the assignment was closed, %s; correct it', f.closed_on)
      when f.first_day > f.first_contact_on
        then format('lies after a contact that was registered here, %s; correct it', f.first_contact_on)
      else app_private.date_problem(f.opened_on)
    end),
    ('last_contact_on', f.last_contact_on, case
      when f.contact_day > f.today then format('lies after today, %s; correct it', f.today)
      when f.contact_day < f.first_day
        then format('lies before the first day, %s; correct one of them', f.first_day)
      when f.contact_day > f.closed_on and f.contact_day > f.entered_contact_on
        then format('lies after the day on which the assignment was closed, %s; correct it', f.closed_on)
      else app_private.date_problem(f.last_contact_on)
    end)
  ) as c (column_name, value, cause)
  where c.cause is not null
  order by 1, 2
$$;
comment on function app_private.import_problems_assignments(uuid, uuid) is
  'Every cell of a file of assignments that cannot be imported: line, column, value and cause.';
