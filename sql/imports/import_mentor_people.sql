/*
 * Who the people of a file of mentors are. An address that is known is that person; an address
 * that is not, on the row of a mentor who is, is the new address of that mentor's person.
 *
 * person_count > 1: the address belongs to one person and the mentor is another. email_count > 1:
 * the file gives one person two addresses.
 */
create or replace function app_private.import_mentor_people(organization_id uuid, import_id uuid)
returns table (
  line integer,
  email text,
  email_key text,
  full_name text,
  phone text,
  locale text,
  person_id uuid,
  person_count integer,
  email_count integer
)
language sql
stable
rows 10000
set search_path = pg_catalog, pg_temp
as $$
  with filed as materialized (
    select r.line, r.mentor_key, r.email, r.email_key, r.full_name, r.phone, r.locale
    from app_private.import_mentor_rows(import_id) as r
    where r.email is not null
  ),
  candidate as materialized (
    select f.email_key, p.id as person_id
    from (select distinct email_key from filed) as f
    join app_public.people as p
      on p.organization_id = import_mentor_people.organization_id
      and lower(p.email) = f.email_key
    union
    select f.email_key, m.person_id
    from (select distinct mentor_key, email_key from filed) as f
    join app_public.mentors as m
      on m.organization_id = import_mentor_people.organization_id
      and m.mentor_key = f.mentor_key
  ),
  identified as (
    select c.email_key, min(c.person_id::text)::uuid as person_id,
      count(*)::integer as person_count, max(shared.email_count)::integer as email_count
    from candidate as c
    join (select person_id, count(*) as email_count from candidate group by person_id) as shared
      using (person_id)
    group by c.email_key
  ),
  person as (
    select min(f.line) as line, min(f.email) as email, f.email_key, min(f.full_name) as full_name,
      min(f.phone) as phone, min(f.locale) as locale
    from filed as f
    group by f.email_key
  )
  select p.line, p.email, p.email_key, p.full_name, p.phone, p.locale, i.person_id,
    coalesce(i.person_count, 0), coalesce(i.email_count, 1)
  from person as p
  left join identified as i using (email_key)
$$;
comment on function app_private.import_mentor_people(uuid, uuid) is
  'The people of a file of mentors, one row for each address, and who of those known they are.';
