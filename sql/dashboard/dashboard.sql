create or replace function app_public.dashboard(organization_id uuid default null)
returns app_public.dashboard
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_organization_id constant uuid
    := coalesce(organization_id, app_private.current_organization_id());
begin
  perform app_private.require_coordinator(v_organization_id);
  return app_private.dashboard_of(v_organization_id);
end;
$$;
comment on function app_public.dashboard(uuid) is
  'How an organisation stands, in numbers; without an argument the caller''s own (V2). For its
coordinators and administrators, who all see the numbers of the whole organisation: they name
nobody. security definer: so that they count also mentors whom the caller may not see. Errors:
MNNOT, MNDEN.';
grant execute on function app_public.dashboard(uuid) to mentor_lifecycle_visitor;
