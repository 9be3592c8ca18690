create or replace function app_private.are_portal_credentials_refused() returns boolean
language sql
stable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select
    from app_public.alerts as a
    where a.kind = 'portal_auth_failed'
      and a.subject = 'entra'
      and a.closed_at is null
  )
$$;
comment on function app_private.are_portal_credentials_refused() is
  'Whether Entra has refused the credentials and has not given a token since. A login with a token
from before then says nothing about them (P7).';
