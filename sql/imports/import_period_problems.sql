create or replace function app_private.import_period_problems(organization_id uuid, import_id uuid)
returns table (line integer, column_name text, value text, cause text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with repeated as (
    select r.line, r.certification_type, r.valid_from, r.mentor_key,
      min(r.line) over (
        partition by r.mentor_key, r.certification_type, coalesce(r.first_day::text, r.valid_from)
      ) as first_line
    from app_private.import_mentor_rows(import_id) as r
    where r.mentor_key is not null
  )
  select r.line,
    case when r.certification_type is null then 'mentor_key' else 'valid_from' end,
    case when r.certification_type is null then r.mentor_key else r.valid_from end,
    format(case
      when r.certification_type is null
        then 'stands on line %s already, without a certification either; keep one of them'
      else 'stands on line %s already for this mentor and certification type; keep one of them'
    end, r.first_line)
  from repeated as r
  where r.first_line < r.line
  union all
  select p.reported_line, 'expires_on', p.expires_on::text,
    format('ends the period from %s to %s of "%s", which lies wholly within another one of this '
      'mentor that runs until %s; a renewal ends after the period that it renews',
      p.valid_from, p.expires_on, p.certification_type, p.previous_end)
  from app_private.import_periods(organization_id, import_id) as p
  where p.previous_end >= p.expires_on
    and p.previous_from < p.valid_from
    and p.reported_line is not null
$$;
comment on function app_private.import_period_problems(uuid, uuid) is
  'Certifications that stand in a file twice, or whose periods lie within one another.';
