create or replace function app_private.import_mentor_cell_problems(import_id uuid)
returns table (line integer, column_name text, value text, cause text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select r.line, c.column_name, c.value, c.cause
  from app_private.import_mentor_rows(import_id) as r
  cross join lateral (values
    ('mentor_key', r.mentor_key, case
      when r.mentor_key is null then 'is empty; every mentor needs a key that stays'
      else app_private.label_problem(r.mentor_key)
    end),
    ('email', r.email, case
      when r.email is null then 'is empty; every mentor needs an e-mail address'
      else app_private.email_problem(r.email)
    end),
    ('full_name', r.full_name, app_private.label_problem(r.full_name)),
    ('phone', r.phone, app_private.phone_problem(r.phone)),
    ('locale', r.locale, app_private.locale_problem(r.locale)),
    ('chapter', r.chapter, case
      when r.chapter is null then 'is empty; every mentor belongs to a chapter'
      else app_private.label_problem(r.chapter)
    end),
    ('portal_consent', r.portal_consent, case
      when r.portal_consent is not null
        and app_private.parse_import_boolean(r.portal_consent) is null
      then 'is neither yes nor no; write true, yes, ja or 1, or false, no, nei or 0'
    end),
    ('certification_type', r.certification_type, case
      when r.certification_type is not null then app_private.label_problem(r.certification_type)
      when coalesce(r.valid_from, r.expires_on) is not null
        then 'is empty, but the row has a date; fill in type, first and last day, or none of them'
    end),
    ('valid_from', r.valid_from, case
      when r.valid_from is not null then app_private.date_problem(r.valid_from)
      when coalesce(r.certification_type, r.expires_on) is not null
        then 'is empty; fill in type, first and last day of the certification, or none of them'
    end),
    ('expires_on', r.expires_on, case
      when r.expires_on is null and coalesce(r.certification_type, r.valid_from) is not null
        then 'is empty; fill in type, first and last day of the certification, or none of them'
      when r.last_day < r.first_day
        then format('lies before the first day %s; correct one of them', r.first_day)
      else app_private.date_problem(r.expires_on)
    end)
  ) as c (column_name, value, cause)
  where c.cause is not null
  union all
  select c.line, 'coordinator_emails', c.email,
    coalesce(app_private.email_problem(c.email), app_private.label_problem(left(c.email, 200)))
      || '; separate several with |'
  from app_private.import_coordinator_rows(import_id) as c
  where coalesce(app_private.email_problem(c.email), app_private.label_problem(left(c.email, 200)))
    is not null
$$;
comment on function app_private.import_mentor_cell_problems(uuid) is
  'The cells of a file of mentors that are wrong by themselves.';
