/*
 * What the file knows moves forward and never back. The last contact follows from it by trigger:
 * what was registered or corrected here stays, unless the file has learnt of a later contact (F2).
 */
drop function if exists app_private.import_assignments(uuid, uuid);
create or replace function app_private.import_assignments(
  organization_id uuid,
  import_id uuid,
  silent boolean default false
) returns table (subject text, outcome text, amount bigint, message text)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
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
        entered_contact_on = greatest(a.entered_contact_on, f.contact_day)
    from filed as f
    where a.id = f.id
      and (a.client_reference <> f.client_reference
        or a.opened_on <> f.first_day
        or a.entered_contact_on < f.contact_day)
    returning a.id
  ),
  created as (
    insert into app_public.assignments
      (organization_id, mentor_id, assignment_key, client_reference, opened_on, entered_contact_on)
    select import_assignments.organization_id, f.mentor_id, f.assignment_key, f.client_reference,
      f.first_day, f.contact_day
    from filed as f
    where f.id is null
    returning id
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
  ) as s (outcome, amount);
  if silent then
    return query
    select * from app_private.import_seeded_follow_ups(
      organization_id, import_id, app_private.local_date(organization_id)
    );
  end if;

  delete from app_private.import_rows as r where r.import_id = import_assignments.import_id;
end;
$$;
comment on function app_private.import_assignments(uuid, uuid, boolean) is
  'Imports a file of assignments that import_problems_assignments finds nothing wrong with, and
says how many it created, updated and left. silent: no follow-up that is due already is armed.';
