create or replace function app_private.import_people(organization_id uuid, import_id uuid)
returns table (subject text, outcome text, amount bigint, message text)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  select * from app_private.import_chapters(organization_id, array(
    select distinct r.chapter from app_private.import_role_rows(import_id) as r
  ));
  return query select * from app_private.import_people_records(organization_id, import_id);
  return query select * from app_private.import_roles(organization_id, import_id);

  delete from app_private.import_rows as r where r.import_id = import_people.import_id;
end;
$$;
comment on function app_private.import_people(uuid, uuid) is
  'Imports a file of people that import_problems_people finds nothing wrong with, and says how
many of each kind of thing it created, updated and left, with warnings.';
