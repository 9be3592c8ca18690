/*
 * By the journal and not by the mentor's row: what came later must not change the answer for a date
 * in the past.
 */
create or replace function app_private.status_on(mentor app_public.mentors, on_date date)
returns table (
  status text,
  version integer,
  since date,
  event text,
  cause text,
  actor text,
  at timestamptz,
  nightly_run_id uuid
)
language sql
stable
rows 1
set search_path = pg_catalog, pg_temp
as $$
  select
    latest.to_status,
    latest.version,
    app_private.local_date(mentor.organization_id, change.at),
    change.event,
    change.cause,
    change.actor,
    change.at,
    change.nightly_run_id
  from (
    select j.to_status, j.version
    from app_public.mentor_journal as j
    where j.mentor_id = mentor.id
      and app_private.local_date(mentor.organization_id, j.at) <= on_date
    order by j.version desc
    limit 1
  ) as latest
  cross join lateral (
    select j.*
    from app_public.mentor_journal as j
    where j.mentor_id = mentor.id
      and j.version <= latest.version
      and j.from_status is distinct from j.to_status
    order by j.version desc
    limit 1
  ) as change
$$;
comment on function app_private.status_on(app_public.mentors, date) is
  'A mentor''s status and version at the end of a local date, and since when and by what it was so.
No row before the mentor was entered.';
