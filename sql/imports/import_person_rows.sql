create or replace function app_private.import_person_rows(import_id uuid)
returns table (
  line integer,
  email text,
  email_key text,
  full_name text,
  phone text,
  locale text,
  auth_subject text,
  roles text
)
language sql
stable
rows 10000
set search_path = pg_catalog, pg_temp
as $$
  select r.line, c.email, lower(c.email), c.full_name, c.phone, c.locale, c.auth_subject, c.roles
  from app_private.import_rows as r
  cross join lateral jsonb_to_record(r.cells) as c (
    email text, full_name text, phone text, locale text, auth_subject text, roles text
  )
  where r.import_id = import_person_rows.import_id
$$;
comment on function app_private.import_person_rows(uuid) is
  'The rows of a file of people; an empty cell is null. Addresses are compared by email_key.';
