create or replace function app_private.import_revoked_certifications(
  organization_id uuid,
  import_id uuid
) returns table (subject text, outcome text, amount bigint, message text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select 'certifications', 'warning', null::bigint, case count(*)
    when 1 then '1 certification of the file has been revoked here and stays revoked.'
    else format('%s certifications of the file have been revoked here and stay revoked.', count(*))
  end
  from app_private.import_merged_periods(organization_id, import_id) as p
  where p.is_revoked
    and p.line is not null
  having count(*) > 0
$$;
comment on function app_private.import_revoked_certifications(uuid, uuid) is
  'Says how many certifications of a file were left because they are revoked; part of a summary.';
