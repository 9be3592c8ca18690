/*
 * Decides again, now that mentors and assignments are locked, and keeps only the rows that are
 * still true: a renewal or a contact that committed a moment before wins over the plan.
 *
 * "offset 0" makes it one look-up in the index for each mentor, as in applied_actions.
 */
create or replace function app_private.recheck_nightly_actions(
  run_id uuid,
  attempt integer,
  mentor_ids uuid[]
) returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  with run as (
    select r.* from app_public.nightly_runs as r where r.id = recheck_nightly_actions.run_id
  ),
  still as materialized (
    select d.*
    from run
    cross join lateral app_private.nightly_decisions(run.organization_id, run.run_on, mentor_ids)
      as d
  )
  update app_public.nightly_run_actions as a
  set outcome = case when checked.is_true then 'applied' else 'superseded' end,
      outcome_detail = case
        when not checked.is_true then 'The facts had changed when it was to be applied.'
      end
  from (
    select planned.id, still.mentor_id is not null as is_true
    from unnest(mentor_ids) as batch (mentor_id)
    cross join lateral (
      select own.*
      from app_public.nightly_run_actions as own
      where own.run_id = recheck_nightly_actions.run_id
        and own.attempt = recheck_nightly_actions.attempt
        and own.mentor_id = batch.mentor_id
        and own.outcome = 'planned'
      offset 0
    ) as planned
    left join still
      on still.mentor_id = planned.mentor_id
      and still.action = planned.action
      and still.reason_code = planned.reason_code
      -- An equality, so that a mentor's many assignments are not each compared with each.
      and coalesce(still.assignment_id, still.mentor_id)
        = coalesce(planned.assignment_id, planned.mentor_id)
      and (
        still.pause_id, still.certification_id, still.expires_on, still.threshold_days,
        still.last_contact_on, still.step
      ) is not distinct from (
        planned.pause_id, planned.certification_id, planned.expires_on, planned.threshold_days,
        planned.last_contact_on, planned.step
      )
  ) as checked
  where a.id = checked.id
$$;
comment on function app_private.recheck_nightly_actions(uuid, integer, uuid[]) is
  'Marks the planned actions of locked mentors as applied where nightly_decisions still decides
them, and as superseded where it does not (C10).';
