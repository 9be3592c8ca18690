/*
 * A version counts up. Counted down it could meet a journal row of the past with the same status:
 * the foreign key to the journal would be content, and the history after that row be denied.
 */
create or replace function app_private.tg_mentors__guard_version() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception 'The version of a mentor cannot go from % back to %', OLD.version, NEW.version
  using
    errcode = 'MNVER',
    detail = format('mentor_id=%s', NEW.id),
    hint = 'Leave the version alone; every journalled change counts it up by one.',
    table = TG_TABLE_NAME;
end;
$$;
comment on function app_private.tg_mentors__guard_version() is
  'Refuses a version that is counted down (S3). Errors: MNVER.';

create or replace trigger _200_guard_version
  before update on app_public.mentors
  for each row
  when (NEW.version < OLD.version)
  execute function app_private.tg_mentors__guard_version();
