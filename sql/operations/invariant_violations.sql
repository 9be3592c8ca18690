/*
 * What may never be true, looked for all the same: constraints can be switched off by a
 * superuser, a restore or a bug. Tests, the nightly run and metrics use this one list.
 *
 * Each rule is one pass over whole tables, with memory for hash tables of a million mentors.
 */
create or replace function app_private.invariant_violations(organization_id uuid, as_of date)
returns table (invariant text, mentor_id uuid, detail text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set work_mem = '128MB'
set jit = off
as $$
begin
  return query
  select 'active_mentors_are_certified', m.id,
    format('active on %s without a valid required certification', as_of)
  from app_public.mentors as m
  where m.organization_id = invariant_violations.organization_id
    and m.status = 'active'
    and not m.coverage @> as_of
  union all
  select 'status_follows_pauses', m.id, format('status is %s', m.status)
  from app_public.mentors as m
  left join (
    select distinct p.mentor_id
    from app_public.mentor_pauses as p
    where p.ended_at is null
  ) as paused on paused.mentor_id = m.id
  where m.organization_id = invariant_violations.organization_id
    and (m.status = 'paused') <> (paused.mentor_id is not null)
  union all
  select 'journal_is_gapless_and_agrees', m.id,
    format('mentor is %s in version %s; the journal has %s rows up to version %s', m.status,
      m.version, count(j.version), max(j.version))
  from app_public.mentors as m
  left join app_public.mentor_journal as j on j.mentor_id = m.id
  where m.organization_id = invariant_violations.organization_id
  group by m.id
  having count(j.version) <> m.version
    or max(j.version) is distinct from m.version
    or bool_and(j.to_status = m.status) filter (where j.version = m.version) is not true
  union all
  select 'journal_continues_itself', m.id,
    format('version %s does not go on from where the one before it ended', j.version)
  from app_public.mentors as m
  join app_public.mentor_journal as j on j.mentor_id = m.id
  where m.organization_id = invariant_violations.organization_id
    and j.version > 1
    and not exists (
      select from app_public.mentor_journal as former
      where former.mentor_id = j.mentor_id
        and former.version = j.version - 1
        and former.to_status = j.from_status
    )
  union all
  select 'coverage_follows_certifications', m.id, format('stored %s', m.coverage)
  from app_public.mentors as m
  join app_private.coverage(null, invariant_violations.organization_id) as computed
    on computed.mentor_id = m.id
  where m.coverage <> computed.coverage
  union all
  select 'only_active_mentors_are_listed', m.id,
    format('%s, and the listing is wanted visible', m.status)
  from app_public.mentors as m
  join app_public.portal_listings as l on l.mentor_id = m.id
  cross join lateral app_private.desired_listing(m.status, m.portal_consent, m.coverage, as_of) as d
  where m.organization_id = invariant_violations.organization_id
    and l.desired_visible
    and not d.is_visible
  union all
  select 'listings_say_what_is_wanted', m.id,
    format('wanted until %s, the listing says %s', d.visible_until, l.desired_until)
  from app_public.mentors as m
  cross join lateral app_private.desired_listing(m.status, m.portal_consent, m.coverage, as_of) as d
  left join app_public.portal_listings as l on l.mentor_id = m.id
  where m.organization_id = invariant_violations.organization_id
    and d.is_visible
    and (l.desired_visible is not true or l.desired_until is distinct from d.visible_until)
  union all
  select 'every_mentor_has_a_listing', m.id, 'the portal is told nothing about the mentor'
  from app_public.mentors as m
  left join app_public.portal_listings as l on l.mentor_id = m.id
  where m.organization_id = invariant_violations.organization_id
    and l.mentor_id is null
  union all
  select 'roster_follows_facts', m.id, 'the mentor stands elsewhere in the roster'
  from app_public.mentors as m
  left join app_private.roster_facts(null, invariant_violations.organization_id) as f
    on f.mentor_id = m.id
  left join app_private.roster_positions as p on p.mentor_id = m.id
  join app_private.local_dates as d on d.organization_id = m.organization_id
  where m.organization_id = invariant_violations.organization_id
    and p is distinct from f
    -- What time alone has changed waits for the night.
    and (p.recompute_on > d.today) is not false
  union all
  select distinct 'visibility_has_its_event', l.mentor_id,
    format('listing is at version %s, its last event at %s', l.desired_version, (
      select max(latest.desired_version)
      from app_public.portal_events as latest
      where latest.mentor_id = l.mentor_id
    ))
  from app_public.portal_listings as l
  left join app_public.portal_events as e
    on e.mentor_id = l.mentor_id
    and e.desired_version >= l.desired_version
  where l.organization_id = invariant_violations.organization_id
    and e.desired_version is distinct from l.desired_version
  union all
  select 'notifications_are_settled', n.mentor_id,
    format('notification %s is open since %s', n.id, greatest(n.created_at, n.not_before))
  from app_public.notifications as n
  where n.organization_id = invariant_violations.organization_id
    and n.state = 'open'
    and greatest(n.created_at, n.not_before) < now() - interval '1 day'
  union all
  select 'deliveries_are_settled', n.mentor_id,
    format('delivery %s is %s since %s', d.id, d.state, d.queued_at)
  from app_public.notification_deliveries as d
  join app_public.notifications as n on n.id = d.notification_id
  where d.organization_id = invariant_violations.organization_id
    and d.state in ('queued', 'sending', 'retrying', 'unknown')
    and (d.state = 'sending' or d.next_attempt_at is not null)
    and d.queued_at < now() - interval '6 days'
  union all
  select 'last_contact_follows_facts', a.mentor_id,
    format('assignment %s: stored %s, the facts say %s', a.assignment_key, a.last_contact_on,
      derived.last_contact_on)
  from app_private.last_contacts(null, invariant_violations.organization_id) as derived
  join app_public.assignments as a on a.id = derived.assignment_id
  where a.last_contact_on <> derived.last_contact_on
  union all
  select 'past_dates_are_accounted_for', null,
    format('%s neither ran nor is recorded as skipped', missing.run_on)
  from (
    select days.run_on::date as run_on
    from (
      select
        -- A date before the first night, asked for by hand and skipped, was never missed.
        min(r.run_on) filter (where r.state <> 'skipped') as first,
        max(r.run_on) as last
      from app_public.nightly_runs as r
      where r.organization_id = invariant_violations.organization_id
    ) as span
    cross join lateral generate_series(
      span.first, least(span.last, as_of), interval '1 day'
    ) as days (run_on)
  ) as missing
  where not exists (
    select from app_public.nightly_runs as r
    where r.organization_id = invariant_violations.organization_id
      and r.run_on = missing.run_on
  );
end;
$$;
comment on function app_private.invariant_violations(uuid, date) is
  'One row for everything that is so and may never be so, as of a local date after that day''s
run. Empty means healthy (S3).';
