create or replace function app_private.is_organization_administrator(organization_id uuid)
returns boolean
language sql
stable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select app_private.is_operator()
    or exists (
      select from app_public.organization_administrators as oa
      where oa.organization_id = is_organization_administrator.organization_id
        and oa.person_id = app_public.current_person_id()
    )
$$;
comment on function app_private.is_organization_administrator(uuid) is
  'Whether the caller administers the organisation; operators do.';
