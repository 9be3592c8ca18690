/*
 * A token names a subject, never a right: whom it belongs to is looked up here, at each statement,
 * so that who has left the organisation is nobody from that moment on. A subject that several
 * organisations know is nobody until the request says for which one it comes. A service is nobody.
 *
 * security definer: it is asked by policies, also by those of the tables that it reads.
 */
create or replace function app_public.current_person_id() returns uuid
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(
    nullif(current_setting('mentor_lifecycle.person_id', true), '')::uuid,
    (
      select (array_agg(p.id))[1]
      from app_public.people as p
      join app_public.organizations as o on o.id = p.organization_id
      where p.auth_subject = nullif(current_setting('mentor_lifecycle.subject', true), '')
        and o.slug
          = coalesce(nullif(current_setting('mentor_lifecycle.organization', true), ''), o.slug)
        and coalesce(current_setting('mentor_lifecycle.service', true), '') = ''
      having count(*) = 1
    )
  )
$$;
comment on function app_public.current_person_id() is
  'The person on whose behalf the request is made: the one whom the login token names, of the
organisation that the request names, if there is exactly one; null for everybody else.';
grant execute on function app_public.current_person_id() to mentor_lifecycle_visitor;
