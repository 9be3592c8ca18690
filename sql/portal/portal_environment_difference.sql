create or replace function app_private.portal_environment_difference(
  environment_id uuid,
  expected_id uuid
) returns text
language sql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select format('The login reaches the environment %s, expected is %s.', environment_id,
    expected_id)
  where environment_id is distinct from coalesce(expected_id, environment_id)
$$;
comment on function app_private.portal_environment_difference(uuid, uuid) is
  'What is wrong with the environment that a login reaches, in a sentence; null if it is the one
that is expected, or none is (P7).';
