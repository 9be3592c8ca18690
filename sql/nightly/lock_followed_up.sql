/*
 * Holds the last contacts still from before they are looked at again until the follow-up has
 * committed: every way of changing one locks the assignment's row. So a contact either has
 * committed and supersedes the plan, or comes after the decision and begins a new silence. An
 * activity locks no mentor, so the mentors' locks do not say that.
 *
 * What somebody else holds is skipped and never waited for. A night holds the locks of thousands
 * of mentors' assignments, in an order that follows the mentors; were it to wait in the queue for
 * one more, it could wait in a circle with a registration, which takes its own in the order of
 * their ids, and the server would end one of the two. Nobody who waits for the night can so be
 * killed by it, and one who sleeps in a transaction cannot hang it: the mentor's turn comes again
 * at the end, where apply_locked_mentor asks for two seconds and then gives up.
 *
 * Giving a mentor up costs no pause: who is paused tonight has no follow-up in the plan.
 */
create or replace function app_private.lock_followed_up(
  run_id uuid,
  attempt integer,
  mentor_ids uuid[]
) returns uuid[]
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  with planned as materialized (
    select a.mentor_id, a.assignment_id
    from unnest(mentor_ids) as batch (mentor_id)
    cross join lateral (
      select own.*
      from app_public.nightly_run_actions as own
      where own.run_id = lock_followed_up.run_id
        and own.attempt = lock_followed_up.attempt
        and own.mentor_id = batch.mentor_id
        and own.action = 'follow_up'
        and own.outcome = 'planned'
      offset 0
    ) as a
  ),
  locked as materialized (
    select s.id
    from app_public.assignments as s
    where s.id = any (array(select p.assignment_id from planned as p))
    for no key update skip locked
  )
  select array(
    select batch.mentor_id
    from unnest(mentor_ids) as batch (mentor_id)
    except
    select p.mentor_id
    from planned as p
    where p.assignment_id not in (select l.id from locked as l)
    order by 1
  )
$$;
comment on function app_private.lock_followed_up(uuid, integer, uuid[]) is
  'Locks the assignments that a batch is about to follow up, without waiting, and returns those of
its mentors of whom nobody else holds one (F1).';
