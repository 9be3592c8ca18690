create or replace function app_private.tg__refuse_change() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception '% is append-only: its rows are never changed or deleted', TG_TABLE_NAME using
    errcode = 'MNAPP',
    hint = 'Record the correction as a new fact.',
    schema = TG_TABLE_SCHEMA,
    table = TG_TABLE_NAME;
end;
$$;
comment on function app_private.tg__refuse_change() is
  'Keeps journal, reminders, portal events and attempts append-only, actions of a run from being
changed once they have an outcome, and mentors, certifications, pauses, runs, actions and
notifications from being deleted (S3, C10). Errors: MNAPP.';

create or replace trigger _200_refuse_change
  before update or delete or truncate on app_public.mentor_journal
  for each statement execute function app_private.tg__refuse_change();
create or replace trigger _200_refuse_change
  before update or delete or truncate on app_public.certification_reminders
  for each statement execute function app_private.tg__refuse_change();
create or replace trigger _200_refuse_change
  before update or delete or truncate on app_public.portal_events
  for each statement execute function app_private.tg__refuse_change();
create or replace trigger _200_refuse_change
  before update or delete or truncate on app_public.portal_attempts
  for each statement execute function app_private.tg__refuse_change();
create or replace trigger _200_refuse_deletion
  before delete or truncate on app_public.certifications
  for each statement execute function app_private.tg__refuse_change();
create or replace trigger _200_refuse_deletion
  before delete or truncate on app_public.mentors
  for each statement execute function app_private.tg__refuse_change();
create or replace trigger _200_refuse_deletion
  before delete or truncate on app_public.mentor_pauses
  for each statement execute function app_private.tg__refuse_change();
create or replace trigger _200_refuse_deletion
  before delete or truncate on app_public.nightly_runs
  for each statement execute function app_private.tg__refuse_change();
create or replace trigger _200_refuse_deletion
  before delete or truncate on app_public.nightly_run_actions
  for each statement execute function app_private.tg__refuse_change();
create or replace trigger _200_refuse_deletion
  before delete or truncate on app_public.notifications
  for each statement execute function app_private.tg__refuse_change();
create or replace trigger _200_refuse_change_of_outcome
  before update on app_public.nightly_run_actions
  for each row
  when (OLD.outcome <> 'planned')
  execute function app_private.tg__refuse_change();
