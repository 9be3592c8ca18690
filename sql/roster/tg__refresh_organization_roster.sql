create or replace function app_private.tg__refresh_organization_roster() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.refresh_roster(array(
    select m.id
    from app_public.mentors as m
    where m.organization_id in (
      select c.organization_id
      from changed as c
    )
  ));
  return null;
end;
$$;
comment on function app_private.tg__refresh_organization_roster() is
  'Recomputes an organisation''s roster after a change of what it requires, or of its days of grace
(V1).';

create or replace trigger _600_refresh_roster_after_insert
  after insert on app_public.certification_types
  referencing new table as changed
  for each statement execute function app_private.tg__refresh_organization_roster();
create or replace trigger _600_refresh_roster_after_update
  after update on app_public.certification_types
  referencing new table as changed
  for each statement execute function app_private.tg__refresh_organization_roster();
create or replace trigger _600_refresh_roster_after_update
  after update on app_public.organization_settings
  referencing new table as changed
  for each statement execute function app_private.tg__refresh_organization_roster();
