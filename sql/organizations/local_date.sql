create or replace function app_private.local_date(
  organization_id uuid,
  at timestamptz default app_private.clock()
) returns date
language sql
stable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select (local_date.at at time zone o.time_zone)::date
  from app_public.organizations as o
  where o.id = local_date.organization_id
$$;
comment on function app_private.local_date(uuid, timestamptz) is
  'The date on the organisation''s own calendar at an instant; null for an unknown organisation.';
