/*
 * An advisory lock and not the row of the settings: another setting may change meanwhile, and one
 * who sleeps over an uncommitted one hinders nobody.
 */
create or replace function app_private.hold_rules(organization_id uuid, is_change boolean)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_lock constant bigint := hashtextextended('rules:' || organization_id, 0);
begin
  if is_change then
    perform pg_advisory_xact_lock(v_lock);
  else
    perform pg_advisory_xact_lock_shared(v_lock);
  end if;
end;
$$;
comment on function app_private.hold_rules(uuid, boolean) is
  'Until the transaction ends, nobody else changes what an organisation requires and its days of
grace; with is_change, nobody enters mentors or applies a night by them either. Who changes them
recomputes all mentors, also those whom others are about to enter, and waits for whole batches of
a night instead of for their mentors in a circle. Taken before mentors are locked.';
