create or replace function app_private.import_coordinator_rows(import_id uuid)
returns table (line integer, mentor_key text, email text, email_key text)
language sql
stable
rows 10000
set search_path = pg_catalog, pg_temp
as $$
  select min(r.line), r.mentor_key, min(btrim(e.email)), lower(btrim(e.email))
  from app_private.import_mentor_rows(import_id) as r
  cross join lateral unnest(string_to_array(r.coordinator_emails, '|')) as e (email)
  where btrim(e.email) <> ''
  group by r.mentor_key, lower(btrim(e.email))
$$;
comment on function app_private.import_coordinator_rows(uuid) is
  'One row for each mentor and each of the coordinators that a file of mentors names.';
