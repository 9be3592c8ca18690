create or replace function app_private.import_role_rows(import_id uuid)
returns table (line integer, email_key text, entry text, role text, chapter text)
language sql
stable
rows 10000
set search_path = pg_catalog, pg_temp
as $$
  select
    r.line,
    r.email_key,
    btrim(e.entry),
    case
      when btrim(e.entry) in ('organization_administrator', 'coordinator') then btrim(e.entry)
      when e.entry ~ '^\s*chapter_administrator\s*(:|$)' then 'chapter_administrator'
    end,
    nullif(btrim((regexp_match(e.entry, '^\s*chapter_administrator\s*:(.*)$'))[1]), '')
  from app_private.import_person_rows(import_id) as r
  cross join lateral unnest(string_to_array(r.roles, '|')) as e (entry)
  where btrim(e.entry) <> ''
$$;
comment on function app_private.import_role_rows(uuid) is
  'One row for each role that a file of people names; role is null where there is no such role.';
