create or replace function app_private.import_mentor_person_problems(
  organization_id uuid,
  import_id uuid
) returns table (line integer, column_name text, value text, cause text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with person as materialized (
    select * from app_private.import_mentor_people(organization_id, import_id)
  ),
  filed as materialized (
    select r.line, r.mentor_key, r.chapter, coalesce(p.person_id::text, p.email_key) as person
    from app_private.import_mentor_records(import_id) as r
    join person as p using (email_key)
    -- Who the others are is not known before the file is corrected.
    where p.person_count <= 1
      and p.email_count = 1
  ),
  engagement as (
    select f.line, f.mentor_key, f.chapter, f.person
    from filed as f
    union all
    select null, m.mentor_key, c.name, m.person_id::text
    from app_public.mentors as m
    join app_public.chapters as c on c.id = m.chapter_id
    where m.organization_id = import_mentor_person_problems.organization_id
      and exists (select from person as p where p.person_id = m.person_id)
      and not exists (select from filed as f where f.mentor_key = m.mentor_key)
  ),
  repeated as (
    select e.line, e.chapter, first_value(e.mentor_key) over engaged as first_key,
      row_number() over engaged as position
    from engagement as e
    window engaged as (
      partition by e.person, e.chapter order by e.line nulls first, e.mentor_key
    )
  )
  select p.line, 'full_name', null, 'is empty; a person who is not known yet needs a name'
  from person as p
  where p.person_id is null
    and p.full_name is null
  union all
  select p.line, 'email', p.email, case
    when p.person_count > 1 then 'is the address of another person than the mentor of this key; '
      'a key keeps its person, so give the new mentor a new key'
    else 'is one of two addresses that the file gives to the same person; a known mentor of this '
      'key or address has the other one'
  end
  from person as p
  where p.person_count > 1
    or p.email_count > 1
  union all
  select r.line, 'chapter', r.chapter,
    format('has this person as mentor "%s" already; one person is mentor once in a chapter',
      r.first_key)
  from repeated as r
  where r.position > 1
    and r.line is not null
$$;
comment on function app_private.import_mentor_person_problems(uuid, uuid) is
  'Where a file of mentors does not say clearly who a person is, or engages one twice in a
chapter.';
