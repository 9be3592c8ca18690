create or replace function app_private.certification_known(
  certification app_public.certifications,
  on_date date
) returns table (granted_on date, revoked_on date, corrected_on date)
language sql
stable
rows 1
set search_path = pg_catalog, pg_temp
as $$
  select
    min(told.on_date) filter (where told.event = 'certified'),
    app_private.local_date(certification.organization_id, certification.revoked_at),
    max(told.on_date) filter (
      where told.event = 'certification_corrected'
        and told.on_date > certification_known.on_date
    )
  from (
    select j.event, app_private.local_date(certification.organization_id, j.at) as on_date
    from app_public.mentor_journal as j
    where j.mentor_id = certification.mentor_id
      and j.certification_id = certification.id
  ) as told
$$;
comment on function app_private.certification_known(app_public.certifications, date) is
  'When a certification was granted, by the journal (null: an import brought it with its mentor),
when it was revoked, and when its dates were last corrected after a date.';
