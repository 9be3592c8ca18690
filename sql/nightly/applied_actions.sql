/*
 * "offset 0" makes this one look-up in the index for each mentor, whatever the statistics say:
 * the rows of a run are younger than any, and a planner who takes them for none compares each
 * with each.
 */
create or replace function app_private.applied_actions(
  run_id uuid,
  attempt integer,
  mentor_ids uuid[],
  action text
) returns setof app_public.nightly_run_actions
language sql
stable
as $$
  select a.*
  from unnest(mentor_ids) as batch (mentor_id)
  cross join lateral (
    select own.*
    from app_public.nightly_run_actions as own
    where own.run_id = applied_actions.run_id
      and own.attempt = applied_actions.attempt
      and own.mentor_id = batch.mentor_id
      and own.action = applied_actions.action
      and own.outcome = 'applied'
    offset 0
  ) as a
$$;
comment on function app_private.applied_actions(uuid, integer, uuid[], text) is
  'The actions of one kind that a batch of an attempt is applying.';
