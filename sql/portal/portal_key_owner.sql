/*
 * One database serves one portal. If two associations in it use the same key, the older one is
 * believed, and the other's mentor is put before a person instead of fighting over the row.
 */
create or replace function app_private.portal_key_owner(mentor_key text) returns uuid
language sql
stable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select m.id
  from app_public.organizations as o
  join app_public.mentors as m
    on m.organization_id = o.id
    and m.mentor_key = portal_key_owner.mentor_key
  order by o.created_at, o.id
  limit 1
$$;
comment on function app_private.portal_key_owner(text) is
  'The mentor to whom a key belongs on the portal: the one of the oldest organisation that uses it.';
