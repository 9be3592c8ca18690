/*
 * One statement, so that the triggers see the renewal beside the period that it replaces and
 * nobody is uncovered in between. The count makes the insert wait for the update: the exclusion
 * constraint would else meet the former period at its full length.
 */
create or replace function app_private.import_known_certifications(
  organization_id uuid,
  import_id uuid
) returns table (subject text, outcome text, amount bigint, message text)
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  with period as materialized (
    select p.*, t.id as certification_type_id
    from app_private.import_periods(organization_id, import_id) as p
    join app_public.certification_types as t
      on t.organization_id = import_known_certifications.organization_id
      and t.name = p.certification_type
    where p.mentor_id is not null
  ),
  corrected as (
    update app_public.certifications as c
    set expires_on = p.expires_on,
        replaced_on = p.replaced_on
    from period as p
    where c.id = p.certification_id
      and p.is_changed
    returning c.id
  ),
  granted as (
    insert into app_public.certifications
      (organization_id, mentor_id, certification_type_id, valid_from, expires_on, replaced_on)
    select import_known_certifications.organization_id, p.mentor_id, p.certification_type_id,
      p.valid_from, p.expires_on, p.replaced_on
    from period as p
    where p.certification_id is null
      and (select count(*) from corrected) >= 0
    returning id
  )
  select 'certifications', 'created', count(*), null from granted
  union all
  select 'certifications', 'updated', count(*), null from corrected
  union all
  select 'certifications', 'unchanged', count(*), null
  from period as p
  where p.line is not null
    and p.certification_id is not null
    and not p.is_changed
$$;
comment on function app_private.import_known_certifications(uuid, uuid) is
  'Grants known mentors the certifications of a file that they do not have, and corrects those
that end on another day; what follows from it follows by trigger. Part of a summary.';
