/*
 * The last contact moves forward and never back: what was registered here since the file was
 * written is the later knowledge (F2).
 */
create or replace function app_private.import_assignments(organization_id uuid, import_id uuid)
returns table (subject text, outcome text, amount bigint, message text)
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  with filed as materialized (
    select r.assignment_key, r.client_reference, r.first_day,
      coalesce(r.contact_day, r.first_day) as contact_day, m.id as mentor_id, a.id
    from app_private.import_assignment_rows(import_id) as r
    join app_public.mentors as m
      on m.organization_id = import_assignments.organization_id
      and m.mentor_key = r.mentor_key
    left join app_public.assignments as a
      on a.organization_id = import_assignments.organization_id
      and a.assignment_key = r.assignment_key
  ),
  updated as (
    update app_public.assignments as a
    set client_reference = f.client_reference,
        opened_on = f.first_day,
        last_contact_on = greatest(a.last_contact_on, f.contact_day)
    from filed as f
    where a.id = f.id
      and (a.client_reference <> f.client_reference
        or a.opened_on <> f.first_day
        or a.last_contact_on < f.contact_day)
    returning a.id
  ),
  created as (
    insert into app_public.assignments
      (organization_id, mentor_id, assignment_key, client_reference, opened_on, last_contact_on)
    select import_assignments.organization_id, f.mentor_id, f.assignment_key, f.client_reference,
      f.first_day, f.contact_day
    from filed as f
    where f.id is null
    returning id
  ),
  emptied as (
    delete from app_private.import_rows as r
    where r.import_id = import_assignments.import_id
  )
  select 'assignments', s.outcome, s.amount, null
  from (select
    (select count(*) from filed) as total,
    (select count(*) from created) as created,
    (select count(*) from updated) as updated
  ) as n
  cross join lateral (values
    ('created', n.created),
    ('updated', n.updated),
    ('unchanged', n.total - n.created - n.updated)
  ) as s (outcome, amount)
$$;
comment on function app_private.import_assignments(uuid, uuid) is
  'Imports a file of assignments that import_problems_assignments finds nothing wrong with, and
says how many it created, updated and left.';
