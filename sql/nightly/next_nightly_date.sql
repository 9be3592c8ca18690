/*
 * As record_due_nightly_runs decides: the date whose hour has come last is owed until it has run,
 * but not by an organisation that has no night behind it yet.
 */
create or replace function app_private.next_nightly_date(organization_id uuid) returns date
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when due.run_on < due.today and not exists (
      select from app_public.nightly_runs as earlier
      where earlier.organization_id = due.organization_id
        and earlier.run_on < due.run_on
    ) then due.run_on + 1
    when exists (
      select from app_public.nightly_runs as done
      where done.organization_id = due.organization_id
        and done.run_on >= due.run_on
        and done.run_on <= due.today
        and done.state not in ('planned', 'failed')
    ) then due.run_on + 1
    else due.run_on
  end
  from (
    select
      d.organization_id,
      d.today,
      ((app_private.clock() at time zone o.time_zone) - s.nightly_at::interval)::date as run_on
    from app_private.local_dates as d
    join app_public.organizations as o on o.id = d.organization_id
    join app_public.organization_settings as s on s.organization_id = d.organization_id
    where d.organization_id = next_nightly_date.organization_id
  ) as due
$$;
comment on function app_private.next_nightly_date(uuid) is
  'The date of an organisation''s next night: the one that is owed, else the one to come.';
