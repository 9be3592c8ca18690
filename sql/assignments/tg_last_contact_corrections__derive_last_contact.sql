create or replace function app_private.tg_last_contact_corrections__derive_last_contact()
returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_assignments constant uuid[] := array(select n.assignment_id from new_corrections as n);
begin
  update app_public.activity_assignments as l
  set correction_id = (
    select max(c.id)
    from app_public.last_contact_corrections as c
    where c.assignment_id = l.assignment_id
  )
  where l.assignment_id = any (v_assignments)
    and l.correction_id is null;
  perform app_private.derive_last_contacts(v_assignments);
  return null;
end;
$$;
comment on function app_private.tg_last_contact_corrections__derive_last_contact() is
  'Takes out what was known when a correction was made, and lets the last contact follow (F3). The
assignments are locked since the rows were stamped.';

create or replace trigger _500_derive_last_contact
  after insert on app_public.last_contact_corrections
  referencing new table as new_corrections
  for each statement
  execute function app_private.tg_last_contact_corrections__derive_last_contact();
