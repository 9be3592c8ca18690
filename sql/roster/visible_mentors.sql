create or replace function app_private.visible_mentors(filter app_private.roster_filter)
returns setof uuid
language sql
stable
as $$
  select * from app_private.coordinated_mentors(filter.person_id)
  union all
  select m.id
  from app_public.mentors as m
  where m.person_id = filter.person_id
  union all
  select p.mentor_id
  from app_private.roster_positions as p
  where p.organization_id = filter.organization_id
    and p.chapter_id = any (filter.administered_chapter_ids)
$$;
comment on function app_private.visible_mentors(app_private.roster_filter) is
  'The mentors whom a person may see who does not administer the organisation; one can come more
than once.';
