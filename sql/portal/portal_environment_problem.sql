/*
 * The first environment that a login reaches is remembered: what the listings remember of the
 * portal holds for it alone. Another one is refused until the configuration names it.
 */
create or replace function app_private.portal_environment_problem(
  environment_id uuid,
  configured_id uuid default null
) returns text
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_known_id uuid;
  v_difference text;
begin
  select g.environment_id into v_known_id from app_private.portal_gate as g for no key update;
  v_difference := app_private.portal_environment_difference(environment_id,
    coalesce(configured_id, v_known_id));
  if v_difference is not null then
    return v_difference;
  end if;
  if v_known_id is distinct from environment_id then
    update app_private.portal_gate as g
    set environment_id = portal_environment_problem.environment_id;
    if v_known_id is not null then
      perform app_private.forget_portal();
    end if;
  end if;
  return null;
end;
$$;
comment on function app_private.portal_environment_problem(uuid, uuid) is
  'Compares the environment that a login reaches with the configured one, else with the one known
so far; null if it is right, else a sentence. An environment that is new by configuration is
remembered and everything is told to it (P7).';
