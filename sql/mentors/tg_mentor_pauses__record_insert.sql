create or replace function app_private.tg_mentor_pauses__record_insert() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_retired_id constant uuid := (
    select m.id
    from new_pauses as n
    join app_public.mentors as m on m.id = n.mentor_id
    where m.status = 'retired'
      and n.ended_at is null
    limit 1
  );
begin
  if v_retired_id is not null then
    raise exception 'A mentor who has retired cannot be paused' using
      errcode = 'MNTRA',
      detail = format('mentor_id=%s', v_retired_id),
      hint = 'Enrol the mentor again first.',
      table = TG_TABLE_NAME;
  end if;
  perform app_private.record_changes(array(
    select (n.mentor_id, 'paused', null, n.cause, n.reason, n.started_by, n.id,
      n.certification_id, n.nightly_run_id)::app_private.mentor_change
    from new_pauses as n
    where not n.is_silent
  ));
  perform app_private.require_status_of_facts(array(select n.mentor_id from new_pauses as n));
  perform app_private.notify_of_pauses(array(
    select n.id from new_pauses as n where not n.is_silent and n.ended_at is null
  ));
  return null;
end;
$$;
comment on function app_private.tg_mentor_pauses__record_insert() is
  'Lets the status follow from new pauses, journals them and writes who is to be told (S5, C1).
Errors: MNTRA.';

create or replace trigger _500_record_insert
  after insert on app_public.mentor_pauses
  referencing new table as new_pauses
  for each statement execute function app_private.tg_mentor_pauses__record_insert();
