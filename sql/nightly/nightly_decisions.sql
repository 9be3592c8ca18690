/*
 * The decision, once: preview, run and the check inside the lock all ask this function (C10).
 *
 * Planned anew at each call, because the same text serves one mentor and a million. The mentors of
 * a batch have just been read to be locked, so looking them up costs no disk; the million gets
 * memory for its hash tables, and no compiler, which took longer than it saved.
 *
 * Without "material" the planner cannot take a table for empty that this night fills: it compared
 * every mentor of a batch with every pause opened so far, and batches took ten times as long.
 */
create or replace function app_private.nightly_decisions(
  organization_id uuid,
  run_on date,
  mentor_ids uuid[] default null
) returns setof app_public.nightly_decision
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set random_page_cost = 1.1
set work_mem = '128MB'
set jit = off
set enable_material = off
as $$
begin
  return query
  with state as (
    select *
    from app_private.nightly_states(organization_id, run_on, mentor_ids) as s
    where s.status <> s.status_after
      or s.is_return_due
      or (s.status in ('active', 'paused') and not s.is_covered and s.certification_pause_id is null)
      or (s.is_covered and s.certification_pause_id is not null)
      or (s.is_listed, s.listed_until) is distinct from (s.is_listed_after, s.listed_until_after)
  )
  select 'pause', s.mentor_id, s.mentor_key, null::uuid, lapsed.certification_id,
    lapsed.certification_type, lapsed.expires_on, null::integer, null::integer[], null::date,
    lapsed.reason_code, lapsed.reason,
    null::uuid, null::text, null::date, null::integer, null::integer[]
  from state as s
  cross join lateral app_private.lapsed_certification(s.mentor_id, run_on) as lapsed
  where s.status in ('active', 'paused')
    and not s.is_covered
    and s.certification_pause_id is null
  union all
  select 'resume', s.mentor_id, s.mentor_key, s.person_pause_id, null, null, null, null, null, null,
    'planned_return', format('The planned return is on %s.', s.expected_return_on),
    null, null, null, null, null
  from state as s
  where s.is_return_due
    and s.status = 'paused'
  union all
  select 'resume', s.mentor_id, s.mentor_key, s.certification_pause_id, null, null, null, null,
    null, null, 'recertified', 'Every required certification is valid again.',
    null, null, null, null, null
  from state as s
  where s.certification_pause_id is not null
    and s.is_covered
    and s.status = 'paused'
  union all
  select 'resume', s.mentor_id, s.mentor_key, null, null, null, null, null, null, null,
    'certified', 'Every required certification has become valid.',
    null, null, null, null, null
  from state as s
  where s.status = 'pending'
    and s.is_covered
  union all
  select 'remind', r.mentor_id, r.mentor_key, null, r.certification_id, r.certification_type,
    r.expires_on, r.threshold_days, r.collapsed_threshold_days, null,
    'threshold_reached',
    format('Certification "%s" %s on %s; the threshold of %s days is reached%s.',
      r.certification_type,
      case when r.expires_on < run_on then 'expired' else 'expires' end,
      r.expires_on,
      r.threshold_days,
      ', which covers the missed ' || array_to_string(r.collapsed_threshold_days, ' and ')),
    null, null, null, null, null
  from (
    select *
    from app_private.nightly_reminders(organization_id, run_on, mentor_ids)
    -- Keeps the planner from asking for the missed thresholds again in each column that names them.
    offset 0
  ) as r
  union all
  select 'follow_up', f.mentor_id, f.mentor_key, null, null, null, null, null, null, null,
    'assignment_silent',
    app_private.follow_up_reason(
      f.assignment_key, f.last_contact_on, f.silent_days, f.step, f.collapsed_steps
    ),
    f.assignment_id, f.assignment_key, f.last_contact_on, f.step, f.collapsed_steps
  from (
    select *
    from app_private.nightly_follow_ups(organization_id, run_on, mentor_ids)
    -- As above, for the missed steps.
    offset 0
  ) as f
  union all
  select 'hide', s.mentor_id, s.mentor_key, null, null, null, null, null, null, null,
    'not_to_be_listed', format('The mentor will be %s.', s.status_after),
    null, null, null, null, null
  from state as s
  where s.is_listed
    and not s.is_listed_after
  union all
  select 'show', s.mentor_id, s.mentor_key, null, null, null, null, null, null,
    s.listed_until_after, case when s.is_listed then 'listed_until_changes' else 'to_be_listed' end,
    'The mentor is active, certified and has agreed to be listed'
      || coalesce(' until ' || s.listed_until_after, '') || '.',
    null, null, null, null, null
  from state as s
  where s.is_listed_after
    and (not s.is_listed or s.listed_until is distinct from s.listed_until_after);
end;
$$;
comment on function app_private.nightly_decisions(uuid, date, uuid[]) is
  'Everything that the night of a date would do, one row each, with its reason. Reads, never
writes.';
