create or replace function app_private.is_responsible(mentor app_public.mentors) returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select app_private.roles_towards(mentor)
    && array['operator', 'coordinator', 'chapter_administrator', 'organization_administrator']
$$;
comment on function app_private.is_responsible(app_public.mentors) is
  'Whether the caller looks after the mentor today, or is an operator. Being the mentor is not
enough.';
