create or replace function app_private.finish_portal_reconciliation(reconciliation_id uuid)
returns app_public.portal_reconciliations
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_objection text;
  v_repaired integer := 0;
  v_reconciliation app_public.portal_reconciliations;
begin
  perform app_private.compare_portal(reconciliation_id);
  v_objection := app_private.portal_reconciliation_objection(reconciliation_id);
  if v_objection is null then
    perform app_private.record_portal_differences(reconciliation_id);
    v_repaired := app_private.repair_portal(reconciliation_id);
    perform app_private.close_alert('portal_reconciliation_refused');
  else
    perform app_private.raise_alert('portal_reconciliation_refused', 'critical',
      v_objection || ' Nothing was repaired.',
      'Find out why; then accept it as docs/portal.md describes, or wait for the next night.');
  end if;

  update app_public.portal_reconciliations as r
  set record_count = (
        select count(*) from app_private.portal_snapshots as s where s.reconciliation_id = r.id
      ),
      compared_count = counted.compared,
      differing_count = counted.differing,
      repaired_count = v_repaired
  from (
    select count(*) as compared,
      count(*) filter (where c.decision not in ('unchanged', 'absent')) as differing
    from app_private.portal_comparisons as c
    where c.reconciliation_id = finish_portal_reconciliation.reconciliation_id
  ) as counted
  where r.id = finish_portal_reconciliation.reconciliation_id;
  perform app_private.end_portal_reconciliation(reconciliation_id,
    case when v_objection is null then 'succeeded' else 'refused' end,
    coalesce(v_objection || ' Nothing was repaired.',
      format('%s listings were told again.', v_repaired)));
  select r.* into v_reconciliation
  from app_public.portal_reconciliations as r
  where r.id = reconciliation_id;
  return v_reconciliation;
end;
$$;
comment on function app_private.finish_portal_reconciliation(uuid) is
  'Compares what was read with the listings, repairs what is ours and puts the rest before people;
or refuses, if too much differs to be true. Returns the ledger row (P3).';
