/*
 * The foreign key from the mentor to the journal proves that the mentor's version is journalled; it
 * says nothing of rows beyond it. Such a row would block the mentor's next change for ever.
 *
 * When the trigger fires the mentor has its new version: record_changes writes both in one
 * statement.
 */
create or replace function app_private.tg_mentor_journal__refuse_ahead() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_mentor_id uuid;
begin
  select m.id
  into v_mentor_id
  from new_rows as n
  join app_public.mentors as m on m.id = n.mentor_id
  where n.version > m.version
  limit 1;
  if found then
    raise exception 'The journal cannot be ahead of the mentor' using
      errcode = 'MNAPP',
      detail = format('mentor_id=%s', v_mentor_id),
      hint = 'Change the mentor instead; the journal row is written with the change.',
      table = TG_TABLE_NAME;
  end if;
  return null;
end;
$$;
comment on function app_private.tg_mentor_journal__refuse_ahead() is
  'Refuses journal rows beyond the mentor''s version (S3). Errors: MNAPP.';

create or replace trigger _800_refuse_ahead
  after insert on app_public.mentor_journal
  referencing new table as new_rows
  for each statement execute function app_private.tg_mentor_journal__refuse_ahead();
