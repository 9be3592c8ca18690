create or replace function app_private.require_organization_administrator(organization_id uuid)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.require_organization(organization_id);
  if not app_private.is_organization_administrator(organization_id) then
    raise exception 'Only an administrator of the organisation may do this' using
      errcode = 'MNDEN',
      detail = format('organization_id=%s', organization_id),
      hint = 'Ask one of them to do it.';
  end if;
end;
$$;
comment on function app_private.require_organization_administrator(uuid) is
  'Returns if the organisation exists and the caller administers it. Errors: MNNOT, MNDEN.';
