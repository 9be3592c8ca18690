create or replace function app_private.import_problems_mentors(organization_id uuid, import_id uuid)
returns table (line integer, column_name text, value text, cause text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select c.line, c.column_name, c.value, c.cause
  from app_private.import_mentor_cell_problems(import_id) as c
  union all
  select a.line, a.column_name, a.value, a.cause
  from app_private.import_mentor_agreement_problems(import_id) as a
  union all
  select p.line, p.column_name, p.value, p.cause
  from app_private.import_mentor_person_problems(organization_id, import_id) as p
  union all
  select p.line, p.column_name, p.value, p.cause
  from app_private.import_period_problems(organization_id, import_id) as p
  order by 1, 2
$$;
comment on function app_private.import_problems_mentors(uuid, uuid) is
  'Every cell of a file of mentors that cannot be imported: line, column, value and cause.';
