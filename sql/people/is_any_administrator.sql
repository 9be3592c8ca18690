create or replace function app_private.is_any_administrator() returns boolean
language sql
stable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select app_public.current_person_id() is null
    or exists (
      select from app_public.organization_administrators as oa
      where oa.person_id = app_public.current_person_id()
    )
$$;
comment on function app_private.is_any_administrator() is
  'Whether the caller administers some organisation of this database; operators without a person
do.';
