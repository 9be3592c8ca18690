create or replace function app_private.import_people_records(organization_id uuid, import_id uuid)
returns table (subject text, outcome text, amount bigint, message text)
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  with person as materialized (
    select r.email, r.full_name, r.phone, r.locale, r.auth_subject, p.id
    from app_private.import_person_rows(import_id) as r
    left join app_public.people as p
      on p.organization_id = import_people_records.organization_id
      and lower(p.email) = r.email_key
  ),
  updated as (
    update app_public.people as p
    set full_name = coalesce(n.full_name, p.full_name),
        phone = coalesce(n.phone, p.phone),
        locale = coalesce(n.locale, p.locale),
        auth_subject = coalesce(n.auth_subject, p.auth_subject)
    from person as n
    where p.id = n.id
      and (n.full_name <> p.full_name
        or n.phone is distinct from p.phone and n.phone is not null
        or n.locale is distinct from p.locale and n.locale is not null
        or n.auth_subject is distinct from p.auth_subject and n.auth_subject is not null)
    returning p.id
  ),
  created as (
    insert into app_public.people
      (organization_id, full_name, email, phone, locale, auth_subject)
    select import_people_records.organization_id, n.full_name, n.email, n.phone, n.locale,
      n.auth_subject
    from person as n
    where n.id is null
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
comment on function app_private.import_people_records(uuid, uuid) is
  'Creates the people of a file of people and changes those who differ; an empty cell leaves what
is stored. Part of a summary.';
