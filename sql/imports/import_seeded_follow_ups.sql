/*
 * The mentor's status does not matter: somebody who is paused and returns should not be met by what
 * was silent before the file came.
 *
 * The assignments are locked first, so that a night that is about to follow one up either has done
 * so or finds it seeded, and neither waits for the other's row of the ledger.
 */
create or replace function app_private.import_seeded_follow_ups(
  organization_id uuid,
  import_id uuid,
  as_of date
) returns table (subject text, outcome text, amount bigint, message text)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_filed constant uuid[] := array(
    select a.id
    from app_private.import_assignment_rows(import_id) as r
    join app_public.assignments as a
      on a.organization_id = import_seeded_follow_ups.organization_id
      and a.assignment_key = r.assignment_key
  );
begin
  perform from app_public.assignments as a where a.id = any (v_filed) order by a.id
  for no key update;

  return query
  with seeded as (
    insert into app_public.follow_up_reminders
      (assignment_id, mentor_id, last_contact_on, step, silent_days, disposition, decided_on)
    select a.id, a.mentor_id, a.last_contact_on, reached.step, as_of - a.last_contact_on, 'seeded',
      as_of
    from app_public.assignments as a
    join app_public.organization_settings as s on s.organization_id = a.organization_id
    cross join lateral generate_series(1, width_bucket(
      as_of - a.last_contact_on - s.follow_up_after_days, s.follow_up_steps
    )) as reached (step)
    where a.id = any (v_filed)
      and (a.closed_on is null or a.closed_on > as_of)
    on conflict on constraint follow_up_reminders_once do nothing
    returning step
  )
  select 'follow-ups', 'not armed', count(*), null from seeded;
end;
$$;
comment on function app_private.import_seeded_follow_ups(uuid, uuid, date) is
  'Marks every step of a follow-up that is due for the assignments of a file as dealt with, so that
none is sent (C11); part of a summary.';
