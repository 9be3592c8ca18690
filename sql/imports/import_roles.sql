create or replace function app_private.import_roles(organization_id uuid, import_id uuid)
returns table (subject text, outcome text, amount bigint, message text)
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  with role as materialized (
    select distinct r.role, p.id as person_id, c.id as chapter_id
    from app_private.import_role_rows(import_id) as r
    join app_public.people as p
      on p.organization_id = import_roles.organization_id
      and lower(p.email) = r.email_key
    left join app_public.chapters as c
      on c.organization_id = import_roles.organization_id
      and c.name = r.chapter
  ),
  organization_administrator as (
    insert into app_public.organization_administrators (organization_id, person_id)
    select import_roles.organization_id, r.person_id
    from role as r
    where r.role = 'organization_administrator'
    on conflict do nothing
    returning person_id
  ),
  coordinator as (
    insert into app_public.coordinators (organization_id, person_id)
    select import_roles.organization_id, r.person_id
    from role as r
    where r.role = 'coordinator'
    on conflict do nothing
    returning person_id
  ),
  chapter_administrator as (
    insert into app_public.chapter_administrators (organization_id, chapter_id, person_id)
    select import_roles.organization_id, r.chapter_id, r.person_id
    from role as r
    where r.role = 'chapter_administrator'
    on conflict do nothing
    returning person_id
  )
  select 'roles', s.outcome, s.amount, null
  from (select
    (select count(*) from role) as total,
    (select count(*) from organization_administrator) + (select count(*) from coordinator)
      + (select count(*) from chapter_administrator) as created
  ) as n
  cross join lateral (values
    ('created', n.created),
    ('unchanged', n.total - n.created)
  ) as s (outcome, amount)
$$;
comment on function app_private.import_roles(uuid, uuid) is
  'Gives the people of a file the roles it names; takes none away. Part of a summary.';
