create or replace function app_private.import_mentor_people_records(
  organization_id uuid,
  import_id uuid
) returns table (subject text, outcome text, amount bigint, message text)
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  with person as materialized (
    select * from app_private.import_mentor_people(organization_id, import_id)
  ),
  updated as (
    update app_public.people as p
    set full_name = coalesce(n.full_name, p.full_name),
        phone = coalesce(n.phone, p.phone),
        locale = coalesce(n.locale, p.locale),
        email = case when lower(p.email) = n.email_key then p.email else n.email end
    from person as n
    where p.id = n.person_id
      and (n.full_name <> p.full_name
        or n.phone is distinct from p.phone and n.phone is not null
        or n.locale is distinct from p.locale and n.locale is not null
        or n.email_key <> lower(p.email))
    returning p.id
  ),
  created as (
    insert into app_public.people (organization_id, full_name, email, phone, locale)
    select import_mentor_people_records.organization_id, n.full_name, n.email, n.phone, n.locale
    from person as n
    where n.person_id is null
    returning id
  )
  select 'people', s.outcome, s.amount, null
  from (select
    (select count(*) from person) as total,
    (select count(*) from created) as created,
    (select count(*) from updated) as updated
  ) as n
  cross join lateral (values
    ('created', n.created),
    ('updated', n.updated),
    ('unchanged', n.total - n.created - n.updated)
  ) as s (outcome, amount)
$$;
comment on function app_private.import_mentor_people_records(uuid, uuid) is
  'Creates the people of a file of mentors and changes those who differ; an empty cell leaves what
is stored. Part of a summary.';
