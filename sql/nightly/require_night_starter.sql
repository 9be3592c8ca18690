/*
 * A scheduler has no eyes: it starts what is due, and cannot pause people for another day.
 */
create or replace function app_private.require_night_starter(organization_id uuid, run_on date)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_today constant date := app_private.local_date(organization_id);
begin
  if not app_private.is_service() then
    perform app_private.require_coordinator(organization_id);
  elsif run_on not between v_today - 7 and v_today then
    raise exception 'A service may start the night of today or of the last week, not of %', run_on
    using
      errcode = 'MNDAT',
      hint = 'Leave the date out: it is then the organisation''s today.';
  end if;
end;
$$;
comment on function app_private.require_night_starter(uuid, date) is
  'Returns if the caller may start the night of a date: a coordinator or administrator of the
organisation, an operator, or a service for today or the last week. Errors: MNNOT, MNDEN, MNDAT.';
