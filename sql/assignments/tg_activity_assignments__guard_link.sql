create or replace function app_private.tg_activity_assignments__guard_link() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if TG_OP = 'UPDATE'
    and (NEW.activity_id, NEW.assignment_id) <> (OLD.activity_id, OLD.assignment_id)
  then
    raise exception 'A contact stays with its activity and its assignment' using
      errcode = 'MNAPP',
      detail = format('activity_id=%s assignment_id=%s', OLD.activity_id, OLD.assignment_id),
      hint = 'Delete the link, and make one for the other.',
      table = TG_TABLE_NAME;
  end if;
  if exists (
    select from app_public.last_contact_corrections as c
    where c.id = NEW.correction_id
      and c.assignment_id <> NEW.assignment_id
  ) then
    raise exception 'A correction of another assignment says nothing about this contact' using
      errcode = 'MNCON',
      detail = format('activity_id=%s assignment_id=%s', NEW.activity_id, NEW.assignment_id),
      hint = 'Correct this assignment with correct_last_contact.',
      table = TG_TABLE_NAME;
  end if;
  return NEW;
end;
$$;
comment on function app_private.tg_activity_assignments__guard_link() is
  'Keeps links with their activity and assignment, and corrections with theirs (F2, F3).
Errors: MNAPP, MNCON.';

create or replace trigger _200_guard_correction
  before insert on app_public.activity_assignments
  for each row
  when (NEW.correction_id is not null)
  execute function app_private.tg_activity_assignments__guard_link();
create or replace trigger _200_guard_link
  before update on app_public.activity_assignments
  for each row execute function app_private.tg_activity_assignments__guard_link();
