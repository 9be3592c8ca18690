create or replace function app_private.local_minute(organization_id uuid, at timestamptz)
returns text
language sql
stable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select to_char(local_minute.at at time zone o.time_zone, 'YYYY-MM-DD HH24:MI')
  from app_public.organizations as o
  where o.id = local_minute.organization_id
$$;
comment on function app_private.local_minute(uuid, timestamptz) is
  'Date and time of day of an instant on the organisation''s own clock, for sentences.';
