create or replace function app_private.record_portal_differences(reconciliation_id uuid)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_portal_owner constant uuid := (
    select o.id from app_public.organizations as o order by o.created_at, o.id limit 1
  );
  v_orphans text[];
begin
  perform app_private.open_portal_discrepancy(l.organization_id, l.mentor_id,
    case when l.desired_visible then 'portal_differs' else 'portal_shown_by_somebody' end)
  from app_private.portal_comparisons as c
  join app_public.portal_listings as l on l.mentor_id = c.mentor_id
  where c.reconciliation_id = record_portal_differences.reconciliation_id
    and c.decision = 'write';

  v_orphans := array(
    select coalesce(s.portal_key, s.remote_id::text)
    from app_private.portal_snapshots as s
    where s.reconciliation_id = record_portal_differences.reconciliation_id
      and s.visible
      and (s.portal_key is null or app_private.portal_key_owner(s.portal_key) is null)
  );
  perform app_private.open_portal_discrepancy(v_portal_owner, null, 'portal_orphan', o.subject)
  from unnest(v_orphans) as o (subject);

  update app_public.discrepancies as d
  set closed_at = greatest(now(), d.opened_at)
  where d.source = 'portal'
    and d.closed_at is null
    and (d.invariant = 'portal_orphan' and d.subject <> all (v_orphans)
      or exists (
        select from app_private.portal_comparisons as c
        where c.reconciliation_id = record_portal_differences.reconciliation_id
          and c.mentor_id = d.mentor_id
          and c.decision in ('unchanged', 'absent')
      ));
end;
$$;
comment on function app_private.record_portal_differences(uuid) is
  'Opens a discrepancy for each difference and for each visible row that is no mentor of ours, and
closes those that have gone. A row of nobody is put before the oldest organisation, whose portal it
is (P3).';
