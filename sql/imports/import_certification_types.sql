/*
 * A type that nobody has heard of is required: to list mentors without it would be the worse
 * mistake. The warning counts whom it holds back, so that a misspelt name is seen before the
 * night is.
 */
create or replace function app_private.import_certification_types(
  organization_id uuid,
  import_id uuid
) returns table (subject text, outcome text, amount bigint, message text)
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  with filed as materialized (
    select r.mentor_key, r.certification_type as name
    from app_private.import_mentor_rows(import_id) as r
  ),
  created as (
    insert into app_public.certification_types (organization_id, name)
    select distinct import_certification_types.organization_id, f.name
    from filed as f
    where f.name is not null
    on conflict on constraint certification_types_name_is_unique do nothing
    returning name
  ),
  counted as (
    select c.name, mentors.missing, others.missing as others_missing
    from created as c
    cross join lateral (
      select count(distinct f.mentor_key)
        - count(distinct f.mentor_key) filter (where f.name = c.name) as missing
      from filed as f
    ) as mentors
    cross join lateral (
      select count(*) as missing
      from app_public.mentors as m
      where m.organization_id = import_certification_types.organization_id
        and m.status in ('active', 'paused')
        and not exists (select from filed as f where f.mentor_key = m.mentor_key)
    ) as others
  )
  select 'certification types', 'created', count(*), null from created
  union all
  select 'certification types', 'warning', null,
    format('Created the certification type "%s", required of every mentor.', c.name)
    || case
      when c.missing > 0
      then format(' Mentors of the file who have none of it and cannot be active: %s.', c.missing)
      else ''
    end
    || case
      when c.others_missing > 0
      then format(' Mentors outside the file, whom the next nightly run pauses if they are active: %s.',
        c.others_missing)
      else ''
    end
  from counted as c
$$;
comment on function app_private.import_certification_types(uuid, uuid) is
  'Creates the certification types that are missing, as required ones, and says whom that holds
back; part of a summary.';
