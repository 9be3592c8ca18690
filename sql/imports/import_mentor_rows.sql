create or replace function app_private.import_mentor_rows(import_id uuid)
returns table (
  line integer,
  mentor_key text,
  email text,
  email_key text,
  full_name text,
  phone text,
  locale text,
  chapter text,
  portal_consent text,
  coordinator_emails text,
  certification_type text,
  valid_from text,
  first_day date,
  expires_on text,
  last_day date
)
language sql
stable
rows 10000
set search_path = pg_catalog, pg_temp
as $$
  select
    r.line,
    c.mentor_key,
    c.email,
    lower(c.email),
    c.full_name,
    c.phone,
    c.locale,
    c.chapter,
    c.portal_consent,
    c.coordinator_emails,
    c.certification_type,
    c.valid_from,
    app_private.parse_import_date(c.valid_from),
    c.expires_on,
    app_private.parse_import_date(c.expires_on)
  from app_private.import_rows as r
  cross join lateral jsonb_to_record(r.cells) as c (
    mentor_key text, email text, full_name text, phone text, locale text, chapter text,
    portal_consent text, coordinator_emails text, certification_type text, valid_from text,
    expires_on text
  )
  where r.import_id = import_mentor_rows.import_id
$$;
comment on function app_private.import_mentor_rows(uuid) is
  'The rows of a file of mentors, one per certification; an empty cell is null, and so is a day
that the calendar does not have.';
