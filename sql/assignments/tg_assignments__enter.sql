/*
 * What concerns the row alone and has to be so before its constraints are checked. The rest is
 * derived once all rows of the statement are written.
 */
create or replace function app_private.tg_assignments__enter() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if TG_OP = 'UPDATE' then
    NEW.last_contact_on := NEW.opened_on;
    return NEW;
  end if;

  NEW.entered_contact_on := coalesce(NEW.entered_contact_on, NEW.last_contact_on, NEW.opened_on);
  NEW.last_contact_on := coalesce(NEW.last_contact_on, NEW.entered_contact_on);
  if NEW.last_contact_on <> NEW.entered_contact_on then
    raise exception 'The last contact of a new assignment is the one that it is entered with' using
      errcode = 'MNCON',
      detail = format('assignment_id=%s', NEW.id),
      hint = 'Leave last_contact_on out.',
      table = TG_TABLE_NAME;
  end if;
  return NEW;
end;
$$;
comment on function app_private.tg_assignments__enter() is
  'Lets the last contact of a new assignment be what it was entered with, else its first day, and
that of one which is found to have opened later not lie before it (F2). Errors: MNCON.';

create or replace trigger _100_enter
  before insert on app_public.assignments
  for each row execute function app_private.tg_assignments__enter();
create or replace trigger _100_enter_later
  before update on app_public.assignments
  for each row
  when (NEW.opened_on > OLD.opened_on and NEW.last_contact_on < NEW.opened_on)
  execute function app_private.tg_assignments__enter();
