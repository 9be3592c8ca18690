/*
 * A type that becomes required, or other grace days, change on which days mentors are covered. The
 * rows follow at once; who is paused for it is left to the night, where the brake stands (C11).
 *
 * The settings are locked also for a type: new mentors, whom nobody sees yet, hold them.
 */
create or replace function app_private.tg__refresh_organization_coverage() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform
  from app_public.organization_settings as s
  where s.organization_id in (select c.organization_id from changed as c)
  order by s.organization_id
  for no key update;
  perform app_private.refresh_coverage(array(
    select m.id
    from app_public.mentors as m
    where m.organization_id in (select c.organization_id from changed as c)
  ));
  return null;
end;
$$;
comment on function app_private.tg__refresh_organization_coverage() is
  'Recomputes the coverage of an organisation''s mentors after a change of its rules.';

create or replace trigger _500_refresh_coverage_after_insert
  after insert on app_public.certification_types
  referencing new table as changed
  for each statement execute function app_private.tg__refresh_organization_coverage();
create or replace trigger _500_refresh_coverage_after_update
  after update on app_public.certification_types
  referencing new table as changed
  for each statement execute function app_private.tg__refresh_organization_coverage();
create or replace trigger _500_refresh_coverage_after_update
  after update on app_public.organization_settings
  referencing new table as changed
  for each statement execute function app_private.tg__refresh_organization_coverage();
