/*
 * The one place where a version is counted, a status derived and a journal row written. Triggers on
 * the facts call it with what happened; a set of ten thousand changes is one statement.
 *
 * A status other than paused is kept: pending, active and retired are facts of the mentors row;
 * paused is what open pauses make of it. Several changes of one mentor in one call get consecutive
 * versions, of which the first carries the change of status.
 */
create or replace function app_private.record_changes(changes app_private.mentor_change[])
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  with change as (
    select c.*, row_number() over (partition by c.mentor_id order by c.position) as step
    from unnest(changes) with ordinality as c (
      mentor_id, event, from_status, cause, reason, actor, pause_id, certification_id,
      nightly_run_id, position
    )
  ),
  derived as (
    select
      m.id,
      m.version,
      m.status as from_status,
      case
        when m.status = 'retired' then 'retired'
        when exists (
          select from app_public.mentor_pauses as p
          where p.mentor_id = m.id
            and p.ended_at is null
        ) then 'paused'
        when m.status = 'paused' then 'active'
        else m.status
      end as to_status,
      c.changes
    from app_public.mentors as m
    join (select mentor_id, count(*)::integer as changes from change group by mentor_id) as c
      on c.mentor_id = m.id
  ),
  recorded as (
    insert into app_public.mentor_journal (
      mentor_id, version, event, from_status, to_status, cause, reason, actor, at, pause_id,
      certification_id, nightly_run_id
    )
    select
      d.id,
      d.version + c.step,
      c.event,
      case c.step when 1 then coalesce(c.from_status, d.from_status) else d.to_status end,
      d.to_status,
      c.cause,
      c.reason,
      c.actor,
      app_private.clock(),
      c.pause_id,
      c.certification_id,
      c.nightly_run_id
    from change as c
    join derived as d on d.id = c.mentor_id
    order by d.id, c.step
  )
  update app_public.mentors as m
  set status = d.to_status,
      version = d.version + d.changes
  from derived as d
  where m.id = d.id
$$;
comment on function app_private.record_changes(app_private.mentor_change[]) is
  'Journals changes, counts the mentors'' versions by one each and derives their status from their
open pauses (S1, S3, S5). Errors: MNTRA, MNCRT.';
