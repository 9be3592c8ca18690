/*
 * Refuses every change of status that is not an arrow, whoever makes it: command, worker, import or
 * psql. An insert is an arrow from "new". To become active, the required certifications must hold.
 *
 * It fires on the change and not on "update of status": a before trigger that changed the column
 * while the statement names another would walk round that.
 */
create or replace function app_private.tg_mentors__guard_status() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_from constant text := case TG_OP when 'INSERT' then 'new' else OLD.status end;
  v_today date;
begin
  if not exists (
    select from app_public.mentor_status_transitions as t
    where t.from_status = v_from
      and t.to_status = NEW.status
  ) then
    raise exception 'A mentor cannot go from % to %', v_from, NEW.status using
      errcode = 'MNTRA',
      detail = format('mentor_id=%s', NEW.id),
      hint = 'docs/state-machine.md shows the arrows.',
      table = TG_TABLE_NAME;
  end if;

  if NEW.status = 'active' then
    v_today := app_private.local_date(NEW.organization_id);
    if not NEW.coverage @> v_today then
      raise exception 'A required certification of this mentor is not valid on %', v_today using
        errcode = 'MNCRT',
        detail = format('mentor_id=%s', NEW.id),
        hint = 'Grant or correct the certification first.',
        table = TG_TABLE_NAME;
    end if;
  end if;
  return NEW;
end;
$$;
comment on function app_private.tg_mentors__guard_status() is
  'Lets a mentor''s status change only along an arrow, and to active only when covered today (S2,
S6). Errors: MNTRA, MNCRT.';

create or replace trigger _200_guard_status_on_insert
  before insert on app_public.mentors
  for each row execute function app_private.tg_mentors__guard_status();
create or replace trigger _200_guard_status_on_update
  before update on app_public.mentors
  for each row
  when (OLD.status is distinct from NEW.status)
  execute function app_private.tg_mentors__guard_status();
