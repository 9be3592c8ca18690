create or replace function app_private.is_service() returns boolean
language sql
stable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(current_setting('mentor_lifecycle.service', true), '') = 'true'
    and current_setting('role') = 'mentor_lifecycle_visitor'
$$;
comment on function app_private.is_service() is
  'Whether the request carries a service token, as that of an external scheduler (C9). It may start
the night and nothing else.';
