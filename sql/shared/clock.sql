/*
 * The only place where the rules learn what time it is. A night that is simulated or caught up, and
 * every test, sets mentor_lifecycle.as_of for its transaction; nothing else calls now().
 */
create or replace function app_private.clock() returns timestamptz
language sql
stable
parallel safe
as $$
  select coalesce(
    nullif(pg_catalog.current_setting('mentor_lifecycle.as_of', true), '')::timestamptz,
    pg_catalog.now()
  )
$$;
comment on function app_private.clock() is
  'The instant that the rules take for now: the setting mentor_lifecycle.as_of, else the time of the
transaction.';
-- Views that are read with the caller's rights ask it.
grant execute on function app_private.clock() to mentor_lifecycle_visitor;
