create or replace function app_private.tg_people__refresh_roster() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_mentor_ids constant uuid[] := array(
    select m.id
    from new_people as n
    join old_people as o on o.id = n.id
    join app_public.mentors as m
      on m.organization_id = n.organization_id
      and m.person_id = n.id
    where n.full_name <> o.full_name
  );
begin
  if cardinality(v_mentor_ids) > 0 then
    perform app_private.refresh_roster(v_mentor_ids);
  end if;
  return null;
end;
$$;
comment on function app_private.tg_people__refresh_roster() is
  'Lets a person who is called otherwise stand elsewhere in the roster (V1).';

create or replace trigger _600_refresh_roster_after_update
  after update on app_public.people
  referencing new table as new_people old table as old_people
  for each statement execute function app_private.tg_people__refresh_roster();
