/*
 * The coordinators that a row names are all whom the mentor has from today on. Whoever is missing
 * begins today, until an assignment that is planned already; whoever is not named ends yesterday,
 * or never begins if it would have begun today or later. A mentor without a name keeps everybody.
 */
create or replace function app_private.import_coordinator_assignments(
  organization_id uuid,
  import_id uuid,
  as_of date
) returns table (subject text, outcome text, amount bigint, message text)
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  with wanted as materialized (
    select m.id as mentor_id, p.id as coordinator_id
    from app_private.import_coordinator_rows(import_id) as r
    join app_public.mentors as m
      on m.organization_id = import_coordinator_assignments.organization_id
      and m.mentor_key = r.mentor_key
    join app_public.people as p
      on p.organization_id = import_coordinator_assignments.organization_id
      and lower(p.email) = r.email_key
  ),
  present as materialized (
    select a.id, a.mentor_id, a.coordinator_id, a.period,
      exists (
        select from wanted as w
        where (w.mentor_id, w.coordinator_id) = (a.mentor_id, a.coordinator_id)
      ) as is_wanted
    from app_public.coordinator_assignments as a
    where a.organization_id = import_coordinator_assignments.organization_id
      and a.mentor_id in (select w.mentor_id from wanted as w)
      and (upper_inf(a.period) or upper(a.period) > as_of)
  ),
  ended as (
    update app_public.coordinator_assignments as a
    set period = daterange(lower(a.period), as_of)
    from present as p
    where a.id = p.id
      and not p.is_wanted
      and lower(p.period) < as_of
    returning a.id
  ),
  removed as (
    delete from app_public.coordinator_assignments as a
    using present as p
    where a.id = p.id
      and not p.is_wanted
      and lower(p.period) >= as_of
    returning a.id
  ),
  added as (
    insert into app_public.coordinator_assignments
      (organization_id, mentor_id, coordinator_id, period)
    select import_coordinator_assignments.organization_id, w.mentor_id, w.coordinator_id,
      daterange(as_of, min(lower(p.period)))
    from wanted as w
    left join present as p using (mentor_id, coordinator_id)
    group by w.mentor_id, w.coordinator_id
    having not coalesce(bool_or(p.period @> as_of), false)
    returning id
  )
  select 'coordinator assignments', s.outcome, s.amount, null
  from (select
    (select count(*) from wanted) as wanted,
    (select count(*) from added) as added,
    (select count(*) from ended) + (select count(*) from removed) as ended
  ) as n
  cross join lateral (values
    ('created', n.added),
    ('ended', n.ended),
    ('unchanged', n.wanted - n.added)
  ) as s (outcome, amount)
$$;
comment on function app_private.import_coordinator_assignments(uuid, uuid, date) is
  'Gives the mentors of a file the coordinators that it names from the day on, and ends the
others; part of a summary.';
