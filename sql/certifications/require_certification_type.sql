create or replace function app_private.require_certification_type(
  organization_id uuid,
  certification_type_id uuid
) returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (
    select from app_public.certification_types as t
    where t.id = require_certification_type.certification_type_id
      and t.organization_id = require_certification_type.organization_id
  ) then
    raise exception 'The organisation has no such certification type' using
      errcode = 'MNNOT',
      detail = format('certification_type_id=%s', certification_type_id);
  end if;
end;
$$;
comment on function app_private.require_certification_type(uuid, uuid) is
  'Returns if the type belongs to the organisation. Errors: MNNOT.';
