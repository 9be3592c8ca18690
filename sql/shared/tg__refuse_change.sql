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
  'Keeps journal, reminders, follow-ups, corrections, starts of runs, portal events and attempts
append-only, actions of a run from being changed once they have an outcome, deliveries from being
sent again or under another Message-ID, mentors, certifications, pauses, assignments, runs, actions,
notifications and deliveries from being deleted, and activities from being emptied (S3, C10, F3,
N3). Errors: MNAPP.';

create or replace trigger _200_refuse_change
  before update or delete or truncate on app_public.mentor_journal
  for each statement execute function app_private.tg__refuse_change();
create or replace trigger _200_refuse_change
  before update or delete or truncate on app_public.certification_reminders
  for each statement execute function app_private.tg__refuse_change();
create or replace trigger _200_refuse_change
  before update or delete or truncate on app_public.follow_up_reminders
  for each statement execute function app_private.tg__refuse_change();
create or replace trigger _200_refuse_change
  before update or delete or truncate on app_public.portal_events
  for each statement execute function app_private.tg__refuse_change();
create or replace trigger _200_refuse_change
  before update or delete or truncate on app_public.portal_attempts
  for each statement execute function app_private.tg__refuse_change();
create or replace trigger _200_refuse_change
  before update or delete or truncate on app_public.nightly_run_starts
  for each statement execute function app_private.tg__refuse_change();
create or replace trigger _200_refuse_change
  before update or delete or truncate on app_public.last_contact_corrections
  for each statement execute function app_private.tg__refuse_change();
create or replace trigger _200_refuse_deletion
  before delete or truncate on app_public.assignments
  for each statement execute function app_private.tg__refuse_change();
create or replace trigger _200_refuse_truncation
  before truncate on app_public.activities
  for each statement execute function app_private.tg__refuse_change();
create or replace trigger _200_refuse_truncation
  before truncate on app_public.activity_assignments
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
create or replace trigger _200_refuse_change
  before update or delete or truncate on app_public.notification_attempts
  for each statement execute function app_private.tg__refuse_change();
create or replace trigger _200_refuse_deletion
  before delete or truncate on app_public.notification_deliveries
  for each statement execute function app_private.tg__refuse_change();
create or replace trigger _200_refuse_second_delivery
  before update on app_public.notification_deliveries
  for each row
  when (
    OLD.state = 'sent' and NEW.state <> 'sent'
    or OLD.message_id is not null and NEW.message_id is distinct from OLD.message_id
  )
  execute function app_private.tg__refuse_change();
