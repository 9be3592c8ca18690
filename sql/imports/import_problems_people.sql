/*
 * Everything that keeps a file of people from being imported, found at once, so that it is
 * corrected once and not as often as it has mistakes.
 */
create or replace function app_private.import_problems_people(organization_id uuid, import_id uuid)
returns table (line integer, column_name text, value text, cause text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with person as materialized (
    select
      r.line, r.email, r.email_key, r.full_name, r.phone, r.locale, r.auth_subject,
      p.id as person_id,
      min(r.line) over (partition by r.email_key) as email_line,
      min(r.line) over (partition by r.auth_subject) as subject_line
    from app_private.import_person_rows(import_id) as r
    left join app_public.people as p
      on p.organization_id = import_problems_people.organization_id
      and lower(p.email) = r.email_key
  )
  select p.line, c.column_name, c.value, c.cause
  from person as p
  cross join lateral (values
    ('email', p.email, case
      when p.email is null then 'is empty; every person needs an e-mail address'
      when app_private.email_problem(p.email) is not null then app_private.email_problem(p.email)
      when p.email_line < p.line then format('stands on line %s already; keep one of them', p.email_line)
    end),
    ('full_name', p.full_name, case
      when p.full_name is not null then app_private.label_problem(p.full_name)
      when p.person_id is null then 'is empty; a person who is not known yet needs a name'
    end),
    ('phone', p.phone, app_private.phone_problem(p.phone)),
    ('locale', p.locale, app_private.locale_problem(p.locale)),
    ('auth_subject', p.auth_subject, case
      when p.auth_subject is null then null
      when length(p.auth_subject) > 255 then 'has more than 255 characters; check the login'
      when p.subject_line < p.line
        then format('is the login on line %s already; a login belongs to one person', p.subject_line)
      when exists (
        select from app_public.people as other
        where other.organization_id = import_problems_people.organization_id
          and other.auth_subject = p.auth_subject
          and other.id is distinct from p.person_id
      ) then 'is the login of another person here; a login belongs to one person'
    end)
  ) as c (column_name, value, cause)
  where c.cause is not null
  union all
  select r.line, 'roles', r.entry, case
    when r.role is null then 'is not a role; write organization_administrator, coordinator or '
      'chapter_administrator:CHAPTER, separated by |'
    when r.chapter is null then 'names no chapter; write chapter_administrator:CHAPTER'
    else 'names a chapter that ' || app_private.label_problem(r.chapter)
  end
  from app_private.import_role_rows(import_id) as r
  where r.role is null
    or r.role = 'chapter_administrator'
      and (r.chapter is null or app_private.label_problem(r.chapter) is not null)
  order by 1, 2
$$;
comment on function app_private.import_problems_people(uuid, uuid) is
  'Every cell of a file of people that cannot be imported: line, column, value and cause.';
