create or replace function app_private.import_mentor_records(import_id uuid)
returns table (
  line integer,
  mentor_key text,
  email_key text,
  chapter text,
  portal_consent boolean
)
language sql
stable
rows 10000
set search_path = pg_catalog, pg_temp
as $$
  select
    min(r.line),
    r.mentor_key,
    min(r.email_key),
    min(r.chapter),
    bool_or(app_private.parse_import_boolean(r.portal_consent))
  from app_private.import_mentor_rows(import_id) as r
  where r.mentor_key is not null
  group by r.mentor_key
$$;
comment on function app_private.import_mentor_records(uuid) is
  'The mentors of a file, one row each. Where their rows disagree, a problem stops the import.';
