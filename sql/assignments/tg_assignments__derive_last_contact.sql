create or replace function app_private.tg_assignments__derive_last_contact() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_changed constant uuid[] := array(
    select c.id
    from (
      select n.id, n.opened_on, n.entered_contact_on from new_assignments as n
      except
      select o.id, o.opened_on, o.entered_contact_on from old_assignments as o
    ) as c
  );
begin
  if cardinality(v_changed) > 0 then
    perform app_private.derive_last_contacts(v_changed);
  end if;
  return null;
end;
$$;
comment on function app_private.tg_assignments__derive_last_contact() is
  'Lets the last contact follow from another first day, and from what an import knows (F2).
Errors: MNDAT.';

create or replace trigger _500_derive_last_contact
  after update on app_public.assignments
  referencing new table as new_assignments old table as old_assignments
  for each statement execute function app_private.tg_assignments__derive_last_contact();
