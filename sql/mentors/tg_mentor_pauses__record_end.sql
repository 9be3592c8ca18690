create or replace function app_private.tg_mentor_pauses__record_end() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ended uuid[];
begin
  if exists (select from old_pauses as o where o.ended_at is not null) then
    raise exception 'A pause that has ended is history and is not changed' using
      errcode = 'MNAPP',
      hint = 'Open a new pause.',
      table = TG_TABLE_NAME;
  end if;
  if exists (select o.id, o.mentor_id from old_pauses as o
    except select n.id, n.mentor_id from new_pauses as n)
  then
    raise exception 'A pause stays with its mentor' using
      errcode = 'MNAPP',
      hint = 'End it, and open one for the other mentor.',
      table = TG_TABLE_NAME;
  end if;

  v_ended := array(
    select n.id from new_pauses as n where n.ended_at is not null and n.end_cause <> 'retired'
  );
  perform app_private.record_changes(array(
    select (n.mentor_id, case when n.ended_at is null then 'updated' else 'resumed' end, null,
      coalesce(n.end_cause, n.cause),
      case
        when n.ended_at is null then 'Pause changed: ' || n.reason
        else n.reason
      end,
      coalesce(n.ended_by, app_private.actor()), n.id, n.certification_id,
      nullif(pg_catalog.current_setting('mentor_lifecycle.nightly_run_id', true), '')::uuid
    )::app_private.mentor_change
    from new_pauses as n
    where n.end_cause is distinct from 'retired'
  ));
  perform app_private.notify_of_returns(v_ended);
  return null;
end;
$$;
comment on function app_private.tg_mentor_pauses__record_end() is
  'Lets the status follow from pauses that ended, journals them and writes who is to be told (S5). A
pause that has ended stays as it is, and every pause with its mentor. Errors: MNAPP, MNCRT.';

create or replace trigger _500_record_end
  after update on app_public.mentor_pauses
  referencing new table as new_pauses old table as old_pauses
  for each statement execute function app_private.tg_mentor_pauses__record_end();
