create or replace function app_private.tg_nightly_runs__guard_state() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if OLD.state = 'needs_approval'
    and NEW.state = 'running'
    and NEW.approved_at is null
    and app_private.braked_share(OLD.id) is not null
  then
    raise exception 'The nightly run of % waits for approval', OLD.run_on using
      errcode = 'MNBRK',
      detail = format('run_id=%s', OLD.id),
      hint = 'Look at its plan, then call approve_nightly_run.',
      table = TG_TABLE_NAME;
  end if;
  return NEW;
end;
$$;
comment on function app_private.tg_nightly_runs__guard_state() is
  'Keeps a run that the brake stopped from running without approval, whoever tries (C11).
Errors: MNBRK.';

create or replace trigger _200_guard_state
  before update on app_public.nightly_runs
  for each row
  when (OLD.state is distinct from NEW.state)
  execute function app_private.tg_nightly_runs__guard_state();
