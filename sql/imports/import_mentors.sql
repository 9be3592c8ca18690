create or replace function app_private.import_mentors(
  organization_id uuid,
  import_id uuid,
  silent boolean default false
) returns table (subject text, outcome text, amount bigint, message text)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_today constant date := app_private.local_date(organization_id);
begin
  return query
  select * from app_private.import_chapters(organization_id, array(
    select distinct r.chapter from app_private.import_mentor_records(import_id) as r
  ));
  -- Before mentors are locked, because a new type changes the rules.
  return query select * from app_private.import_certification_types(organization_id, import_id);

  perform
  from app_public.mentors as m
  where m.organization_id = import_mentors.organization_id
    and m.mentor_key in (
      select r.mentor_key from app_private.import_mentor_records(import_id) as r
    )
  order by m.id
  for no key update;

  return query select * from app_private.import_mentor_people_records(organization_id, import_id);
  return query select * from app_private.import_coordinators(organization_id, import_id);
  return query select * from app_private.import_revoked_certifications(organization_id, import_id);
  return query select * from app_private.import_known_mentors(organization_id, import_id);
  return query select * from app_private.import_known_certifications(organization_id, import_id);
  return query select * from app_private.import_new_mentors(organization_id, import_id, v_today);
  return query
  select * from app_private.import_coordinator_assignments(organization_id, import_id, v_today);
  if silent then
    return query
    select * from app_private.import_seeded_reminders(organization_id, import_id, v_today);
  end if;

  delete from app_private.import_rows as r where r.import_id = import_mentors.import_id;
end;
$$;
comment on function app_private.import_mentors(uuid, uuid, boolean) is
  'Imports a file of mentors that import_problems_mentors finds nothing wrong with, and says how
many of each kind of thing it created, updated and left, with warnings. silent: no reminder
that is due already is armed.';
