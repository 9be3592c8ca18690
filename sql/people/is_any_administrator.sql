create or replace function app_private.is_any_administrator() returns boolean
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
as $$
  select app_private.is_operator()
    or exists (
      select from app_public.organization_administrators as oa
      where oa.person_id = app_public.current_person_id()
    )
$$;
comment on function app_private.is_any_administrator() is
  'Whether the caller administers some organisation of this database; operators do. security
definer: policies ask it.';
grant execute on function app_private.is_any_administrator() to mentor_lifecycle_visitor;
