create or replace function app_private.require_organization(organization_id uuid) returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.require_caller();
  if not exists (
    select from app_public.organizations as o
    where o.id = require_organization.organization_id
  ) then
    raise exception 'There is no such organisation' using
      errcode = 'MNNOT',
      detail = format('organization_id=%s', organization_id);
  end if;
end;
$$;
comment on function app_private.require_organization(uuid) is
  'Returns if the organisation exists; nobody is told. Errors: MNNOT, MNDEN.';
