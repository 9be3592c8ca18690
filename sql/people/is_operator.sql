/*
 * Operators are recognised by what they could do anyway: act as the owner of the tables. Nobody
 * passes because something was not said; a request of the API always names its role, and a login
 * that is only a member of the visitor role is no operator, whether it has taken the role on or
 * not.
 */
create or replace function app_private.is_operator() returns boolean
language sql
stable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(current_setting('mentor_lifecycle.subject', true), '') = ''
    and coalesce(current_setting('mentor_lifecycle.service', true), '') = ''
    and app_public.current_person_id() is null
    and pg_has_role(
      coalesce(nullif(current_setting('role'), 'none'), session_user)::name,
      (
        select c.relowner
        from pg_class as c
        where c.oid = 'app_public.organizations'::regclass
      ),
      'member'
    )
$$;
comment on function app_private.is_operator() is
  'Whether nobody in particular acts, at the database itself: the worker, a script, psql. Never true
for a request of the API, which runs in the visitor role.';
