create or replace function app_private.watch_portal() returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_overdue record;
  v_gate app_private.portal_gate;
begin
  for v_overdue in
    select o.id as organization_id, late.kind, late.severity, late.waiting, late.since, late.message
    from app_public.organizations as o
    cross join lateral (
      select 'portal_hide_overdue' as kind, 'critical' as severity,
        'Mentors to be hidden who may still be visible on the portal: %s, the first since %s.' as message,
        count(*) as waiting, min(l.pending_since) as since
      from app_public.portal_listings as l
      where l.organization_id = o.id
        and l.condition in ('pending', 'retrying', 'needs_attention')
        and not l.desired_visible
        and l.pending_since < now() - interval '10 minutes'
      union all
      select 'portal_show_overdue', 'warning',
        'Mentors to be shown who may not be visible on the portal yet: %s, the first since %s.',
        count(*), min(l.pending_since)
      from app_public.portal_listings as l
      where l.organization_id = o.id
        and l.condition in ('pending', 'retrying')
        and l.desired_visible
        and l.pending_since < now() - interval '2 hours'
    ) as late
  loop
    if v_overdue.waiting = 0 then
      perform app_private.close_alert(v_overdue.kind, null, v_overdue.organization_id);
    else
      perform app_private.raise_alert(v_overdue.kind, v_overdue.severity,
        format(v_overdue.message, v_overdue.waiting,
          to_char(v_overdue.since at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')),
        'See docs/portal.md, "The sync is late"; npm run portal:sync works without a worker.',
        '', v_overdue.organization_id);
    end if;
  end loop;

  select g.* into v_gate from app_private.portal_gate as g;
  if v_gate.closed_since < now() - interval '15 minutes' then
    perform app_private.raise_alert('portal_unavailable', 'warning',
      format('The portal has not been reachable since %s: %s',
        to_char(v_gate.closed_since at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'),
        v_gate.closed_message),
      'Nothing is lost: the sync goes on by itself once the portal answers.');
  else
    perform app_private.close_alert('portal_unavailable');
  end if;

  if (select max(r.finished_at) filter (where r.state <> 'failed') < now() - interval '2 days'
        or min(r.started_at) < now() - interval '2 days'
          and count(*) filter (where r.state in ('succeeded', 'refused')) = 0
      from app_public.portal_reconciliations as r)
  then
    perform app_private.raise_alert('portal_reconciliation_overdue', 'warning',
      'The portal has not been read back for two days.',
      'select * from app_public.portal_reconciliations order by started_at desc says why.');
  else
    perform app_private.close_alert('portal_reconciliation_overdue');
  end if;
end;
$$;
comment on function app_private.watch_portal() is
  'Raises and closes the alerts about what takes too long: hides over 10 minutes, shows over 2
hours, a portal out of reach for over 15 minutes, one that was not read back for two days (P3, P4,
P6).';
