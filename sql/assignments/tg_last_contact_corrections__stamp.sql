/*
 * All of it once the assignment is locked, also the key: the highest holds, so it must not be
 * drawn while another correction is under way.
 */
create or replace function app_private.tg_last_contact_corrections__stamp() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_assignment app_public.assignments;
  v_problem text;
begin
  select a.*
  into v_assignment
  from app_public.assignments as a
  where a.id = NEW.assignment_id
  for no key update;
  v_problem := app_private.contact_date_problem(
    NEW.last_contact_on, v_assignment.opened_on, v_assignment.closed_on,
    app_private.local_date(v_assignment.organization_id)
  );
  if v_problem is not null then
    raise exception '%', v_problem using
      errcode = 'MNDAT',
      detail = format('assignment_id=%s', NEW.assignment_id),
      hint = 'Correct the date.',
      table = TG_TABLE_NAME;
  end if;

  NEW.id := nextval(pg_get_serial_sequence('app_public.last_contact_corrections', 'id'));
  NEW.previous_contact_on := v_assignment.last_contact_on;
  NEW.entered_contact_on := v_assignment.entered_contact_on;
  NEW.corrected_by := app_private.actor();
  NEW.corrected_at := app_private.clock();
  return NEW;
end;
$$;
comment on function app_private.tg_last_contact_corrections__stamp() is
  'Writes down what a correction corrects, who made it and when, and refuses an impossible day (F3).
Errors: MNDAT.';

create or replace trigger _100_stamp
  before insert on app_public.last_contact_corrections
  for each row execute function app_private.tg_last_contact_corrections__stamp();
