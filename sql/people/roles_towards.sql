/*
 * What the caller is to a mentor. One person can be several things: a mentor who administers the
 * chapter, a coordinator who administers the organisation.
 *
 * Who may change a mentor: the mentor, a coordinator whose assignment runs today, an
 * administrator of the chapter or of the organisation. Operators at the database have no person
 * and pass; whoever else is no person is nothing to anybody.
 */
create or replace function app_private.roles_towards(mentor app_public.mentors) returns text[]
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when app_private.is_operator() then array['operator']
    when p.id is null then '{}'
    else array_remove(array[
      case when p.id = mentor.person_id then 'mentor' end,
      case
        when exists (
          select from app_public.coordinator_assignments as ca
          where ca.mentor_id = mentor.id
            and ca.coordinator_id = p.id
            and ca.period @> app_private.local_date(mentor.organization_id)
        ) then 'coordinator'
      end,
      case
        when exists (
          select from app_public.chapter_administrators as ca
          where ca.chapter_id = mentor.chapter_id
            and ca.person_id = p.id
        ) then 'chapter_administrator'
      end,
      case
        when app_private.is_organization_administrator(mentor.organization_id)
          then 'organization_administrator'
      end
    ], null)
  end
  from (select app_public.current_person_id() as id) as p
$$;
comment on function app_private.roles_towards(app_public.mentors) is
  'What the caller is to the mentor: operator, or any of mentor, coordinator, chapter_administrator
and organization_administrator; empty for a stranger.';
