create or replace function app_private.require_organization_administrator(organization_id uuid)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.require_caller();
  if not exists (
    select from app_public.organizations as o
    where o.id = require_organization_administrator.organization_id
  ) then
    raise exception 'There is no such organisation' using
      errcode = 'MNNOT',
      detail = format('organization_id=%s', organization_id);
  end if;
  if not app_private.is_organization_administrator(organization_id) then
    raise exception 'Only an administrator of the organisation may do this' using
      errcode = 'MNDEN',
      detail = format('organization_id=%s', organization_id);
  end if;
end;
$$;
comment on function app_private.require_organization_administrator(uuid) is
  'Returns if the organisation exists and the caller administers it. Errors: MNNOT, MNDEN.';
