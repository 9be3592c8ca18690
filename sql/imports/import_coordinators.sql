create or replace function app_private.import_coordinators(organization_id uuid, import_id uuid)
returns table (subject text, outcome text, amount bigint, message text)
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  with named as materialized (
    select distinct on (r.email_key) r.email, r.email_key, p.id as person_id
    from app_private.import_coordinator_rows(import_id) as r
    left join app_public.people as p
      on p.organization_id = import_coordinators.organization_id
      and lower(p.email) = r.email_key
    order by r.email_key, r.line
  ),
  person as (
    insert into app_public.people (organization_id, full_name, email)
    select import_coordinators.organization_id, left(n.email, 200), n.email
    from named as n
    where n.person_id is null
    returning id, email
  ),
  coordinator as (
    insert into app_public.coordinators (organization_id, person_id)
    select import_coordinators.organization_id, c.id
    from (
      select p.id from person as p
      union all
      select n.person_id from named as n where n.person_id is not null
    ) as c
    on conflict do nothing
    returning person_id
  )
  select 'coordinators', 'created', count(*), null from coordinator
  union all
  select 'coordinators', 'warning', null, case
    when p.id is not null
      then format('Created the coordinator %s, whose name is not known; import it as people.', p.email)
    else format('Made %s a coordinator, who was known but was none.', n.email)
  end
  from coordinator as c
  left join person as p on p.id = c.person_id
  left join named as n on n.person_id = c.person_id
$$;
comment on function app_private.import_coordinators(uuid, uuid) is
  'Creates the coordinators of a file of mentors who are missing and names them; part of a
summary.';
