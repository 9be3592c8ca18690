create or replace function app_private.import_assignment_rows(import_id uuid)
returns table (
  line integer,
  assignment_key text,
  mentor_key text,
  client_reference text,
  opened_on text,
  first_day date,
  last_contact_on text,
  contact_day date
)
language sql
stable
rows 10000
set search_path = pg_catalog, pg_temp
as $$
  select r.line, c.assignment_key, c.mentor_key, c.client_reference,
    c.opened_on, app_private.parse_import_date(c.opened_on),
    c.last_contact_on, app_private.parse_import_date(c.last_contact_on)
  from app_private.import_rows as r
  cross join lateral jsonb_to_record(r.cells) as c (
    assignment_key text, mentor_key text, client_reference text, opened_on text,
    last_contact_on text
  )
  where r.import_id = import_assignment_rows.import_id
$$;
comment on function app_private.import_assignment_rows(uuid) is
  'The rows of a file of assignments; an empty cell is null, and so is a day that the calendar
does not have.';
