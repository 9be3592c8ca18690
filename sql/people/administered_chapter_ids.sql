create or replace function app_private.administered_chapter_ids() returns uuid[]
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(array_agg(ca.chapter_id), '{}')
  from app_public.people as p
  join app_public.chapter_administrators as ca
    on ca.organization_id = p.organization_id and ca.person_id = p.id
  where p.id = app_public.current_person_id()
$$;
comment on function app_private.administered_chapter_ids() is
  'The chapters that the person who asks administers; empty for everybody else. security definer:
policies ask it.';
grant execute on function app_private.administered_chapter_ids() to mentor_lifecycle_visitor;
