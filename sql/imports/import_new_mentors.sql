/*
 * Brings new mentors in as they are, and silently: nobody is told of what happened long ago.
 *
 * One statement, because the triggers refuse a paused mentor without an open pause and an active
 * one without coverage, and see all three facts when it ends.
 */
create or replace function app_private.import_new_mentors(
  organization_id uuid,
  import_id uuid,
  as_of date
) returns table (subject text, outcome text, amount bigint, message text)
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  with newcomer as materialized (
    select gen_random_uuid() as id, n.*
    from app_private.import_newcomers(organization_id, import_id, as_of) as n
  ),
  period as materialized (
    select gen_random_uuid() as id, n.id as mentor_id, t.id as certification_type_id,
      p.certification_type, p.valid_from, p.expires_on, p.replaced_on
    from app_private.import_periods(organization_id, import_id) as p
    join newcomer as n on n.mentor_key = p.mentor_key
    join app_public.certification_types as t
      on t.organization_id = import_new_mentors.organization_id
      and t.name = p.certification_type
  ),
  mentor as (
    insert into app_public.mentors
      (id, organization_id, chapter_id, person_id, mentor_key, status, portal_consent, coverage)
    select n.id, import_new_mentors.organization_id, n.chapter_id, n.person_id, n.mentor_key,
      n.status, n.portal_consent, n.coverage
    from newcomer as n
  ),
  certification as (
    insert into app_public.certifications (id, organization_id, mentor_id, certification_type_id,
      valid_from, expires_on, replaced_on, is_silent)
    select p.id, import_new_mentors.organization_id, p.mentor_id, p.certification_type_id,
      p.valid_from, p.expires_on, p.replaced_on, true
    from period as p
  ),
  pause as (
    insert into app_public.mentor_pauses
      (mentor_id, cause, reason, certification_id, started_at, started_by, is_silent)
    select n.id, 'certification',
      format('Required certification "%s" expired on %s.', n.lapsed_type, n.lapsed_expires_on), p.id,
      (n.lapsed_until + 1)::timestamp at time zone o.time_zone, 'import', true
    from newcomer as n
    join period as p
      on p.mentor_id = n.id
      and p.certification_type = n.lapsed_type
      and p.expires_on = n.lapsed_expires_on
    join app_public.organizations as o on o.id = import_new_mentors.organization_id
    where n.status = 'paused'
  )
  select 'mentors', 'created', count(*), null from newcomer
  union all
  select 'mentors', s.status, count(n.id), null
  from (values ('active'), ('paused'), ('pending')) as s (status)
  left join newcomer as n on n.status = s.status
  group by s.status
  union all
  select 'certifications', 'created', count(*), null from period
$$;
comment on function app_private.import_new_mentors(uuid, uuid, date) is
  'Enters the mentors of a file who are not known yet, with their certifications and, where a
required one has expired, the pause that this means. Part of a summary.';
