create or replace function app_private.import_chapters(organization_id uuid, names text[])
returns table (subject text, outcome text, amount bigint, message text)
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  with created as (
    insert into app_public.chapters (organization_id, name)
    select import_chapters.organization_id, n.name
    from (select distinct unnest(import_chapters.names)) as n (name)
    where n.name is not null
    order by n.name
    on conflict on constraint chapters_name_is_unique do nothing
    returning name
  )
  select 'chapters', 'created', count(*), null from created
  union all
  select 'chapters', 'warning', null, format('Created the chapter "%s".', c.name) from created as c
$$;
comment on function app_private.import_chapters(uuid, text[]) is
  'Creates the chapters that are missing and names them; part of a summary.';
