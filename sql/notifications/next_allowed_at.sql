create or replace function app_private.next_allowed_at(organization_id uuid, at timestamptz)
returns timestamptz
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when s.quiet_from < s.quiet_until
      and local.at::time >= s.quiet_from and local.at::time < s.quiet_until
      or s.quiet_from > s.quiet_until and local.at::time < s.quiet_until
    then greatest(next_allowed_at.at, (local.at::date + s.quiet_until) at time zone o.time_zone)
    when s.quiet_from > s.quiet_until and local.at::time >= s.quiet_from
    then (local.at::date + 1 + s.quiet_until) at time zone o.time_zone
    else next_allowed_at.at
  end
  from app_public.organizations as o
  join app_public.organization_settings as s on s.organization_id = o.id
  cross join lateral (
    select next_allowed_at.at at time zone o.time_zone as at
  ) as local
  where o.id = next_allowed_at.organization_id
$$;
comment on function app_private.next_allowed_at(uuid, timestamptz) is
  'The instant itself, or the end of the quiet hours in which it lies on the organisation''s own clock.';
