/*
 * Judges listings at rest only: confirmed before the portal was read, and not touched since. What
 * is pending the sync will see to. A listing whose row was missing, or that somebody hid, is looked
 * at again as long as the portal has it; being known, it is no new difference to a visitor.
 */
create or replace function app_private.compare_portal(reconciliation_id uuid) returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into app_private.portal_comparisons
    (reconciliation_id, mentor_id, desired_version, decision, flips, remote)
  select r.id, l.mentor_id, l.desired_version,
    app_private.portal_decision(l, found.remote, today.today),
    coalesce((found.remote).visible
      and ((found.remote).visible_until >= today.today or (found.remote).visible_until is null),
      false
    ) <> (l.desired_visible and coalesce(l.desired_until >= today.today, true))
      and l.condition = 'synced',
    found.remote
  from app_public.portal_reconciliations as r
  cross join app_public.organizations as o
  cross join lateral (
    select app_private.local_date(o.id, r.started_at) as today
  ) as today
  join app_public.mentors as m on m.organization_id = o.id
  join app_public.portal_listings as l on l.mentor_id = m.id
  left join (
    -- Not looked up for each mentor, which takes minutes. Of two with one key, the visible one.
    select distinct on (s.portal_key) s.portal_key, (s.remote_id, s.visible, s.visible_until,
      s.version, s.revision)::app_private.portal_record as remote
    from app_private.portal_snapshots as s
    where s.reconciliation_id = compare_portal.reconciliation_id
    order by s.portal_key, s.visible desc
  ) as found on found.portal_key = m.mentor_key
  where r.id = compare_portal.reconciliation_id
    and (l.lease_until is null or l.lease_until <= now())
    and (l.synced_version = l.desired_version and l.synced_at < r.started_at
      or l.error_class in ('missing', 'held') and (found.remote).remote_id is not null)
    and app_private.portal_key_owner(m.mentor_key) = m.id
$$;
comment on function app_private.compare_portal(uuid) is
  'Compares the portal''s rows with the listings at rest, with the rule of the sync (P3).';
