create or replace function app_private.require_possible_night(organization_id uuid, run_on date)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if run_on not between date '1900-01-01' and app_private.local_date(organization_id) + 3660 then
    raise exception 'The date % is more than ten years away', run_on using
      errcode = 'MNDAT',
      hint = 'Check the year.';
  end if;
end;
$$;
comment on function app_private.require_possible_night(uuid, date) is
  'Returns for a date that a night can be run or previewed for. Errors: MNDAT.';
