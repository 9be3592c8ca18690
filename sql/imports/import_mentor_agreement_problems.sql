/*
 * A mentor has a row for each certification, so everything else stands in the file several times
 * and may contradict itself. An empty cell contradicts nothing. Name, telephone and language
 * belong to the person, who may be mentor in two chapters under two keys.
 */
create or replace function app_private.import_mentor_agreement_problems(import_id uuid)
returns table (line integer, column_name text, value text, cause text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with cell as (
    select r.line, c.owner, c.column_name, c.value, c.compared
    from app_private.import_mentor_rows(import_id) as r
    cross join lateral (values
      ('mentor ' || r.mentor_key, 'email', r.email, r.email_key),
      ('mentor ' || r.mentor_key, 'chapter', r.chapter, r.chapter),
      ('mentor ' || r.mentor_key, 'portal_consent', r.portal_consent,
        app_private.parse_import_boolean(r.portal_consent)::text),
      ('mentor ' || r.mentor_key, 'coordinator_emails', r.coordinator_emails, (
        select string_agg(distinct lower(btrim(e.email)), '|')
        from unnest(string_to_array(r.coordinator_emails, '|')) as e (email)
        where btrim(e.email) <> ''
      )),
      ('person ' || r.email_key, 'full_name', r.full_name, r.full_name),
      ('person ' || r.email_key, 'phone', r.phone, r.phone),
      ('person ' || r.email_key, 'locale', r.locale, r.locale)
    ) as c (owner, column_name, value, compared)
    where c.owner is not null
      and c.compared is not null
  ),
  compared as (
    select c.*, first_value(c.line) over earliest as first_line,
      first_value(c.value) over earliest as first_value,
      first_value(c.compared) over earliest as first_compared
    from cell as c
    window earliest as (partition by c.owner, c.column_name order by c.line)
  )
  select c.line, c.column_name, c.value,
    format('differs from "%s" on line %s for the same %s; make the rows agree',
      c.first_value, c.first_line, split_part(c.owner, ' ', 1))
  from compared as c
  where c.compared <> c.first_compared
$$;
comment on function app_private.import_mentor_agreement_problems(uuid) is
  'Where the rows of one mentor, or of one person, contradict each other.';
