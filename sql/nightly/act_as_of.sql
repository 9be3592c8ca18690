create or replace function app_private.act_as_of(organization_id uuid, run_on date) returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if app_private.local_date(organization_id) <> run_on then
    perform set_config(
      'mentor_lifecycle.as_of',
      ((run_on + time '12:00') at time zone o.time_zone)::text,
      true
    )
    from app_public.organizations as o
    where o.id = act_as_of.organization_id;
  end if;
end;
$$;
comment on function app_private.act_as_of(uuid, date) is
  'Sets the clock of the transaction to noon of another local date, so that triggers act on the same
day as the run that called them. Ends with the transaction; public commands restore it themselves.';
