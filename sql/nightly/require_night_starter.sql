/*
 * A scheduler has no eyes: it starts what is due, and cannot pause people for another day. Nor can
 * a coordinator: a night that comes early pauses and hides mentors of others before their time.
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
    if run_on > v_today and not app_private.is_organization_administrator(organization_id) then
      raise exception 'Only an administrator of the organisation may start the night of %, a day to come',
        run_on
      using
        errcode = 'MNDAT',
        hint = 'Leave the date out for tonight; nightly_plan shows what a day to come would bring.';
    end if;
  elsif run_on not between v_today - 7 and v_today then
    raise exception 'A service may start the night of today or of the last week, not of %', run_on
    using
      errcode = 'MNDAT',
      hint = 'Leave the date out: it is then the organisation''s today.';
  end if;
end;
$$;
comment on function app_private.require_night_starter(uuid, date) is
  'Returns if the caller may start the night of a date: an operator, an administrator of the
organisation; a coordinator or an administrator of a chapter, for no day to come; or a service, for
today or the last week. Errors: MNNOT, MNDEN, MNDAT.';
