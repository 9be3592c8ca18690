create or replace function app_private.end_portal_reconciliation(
  reconciliation_id uuid,
  state text,
  explanation text
) returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  delete from app_private.portal_snapshots as s
  where s.reconciliation_id = end_portal_reconciliation.reconciliation_id;
  delete from app_private.portal_comparisons as c
  where c.reconciliation_id = end_portal_reconciliation.reconciliation_id;
  update app_public.portal_reconciliations as r
  set state = end_portal_reconciliation.state,
      explanation = end_portal_reconciliation.explanation,
      finished_at = clock_timestamp()
  where r.id = end_portal_reconciliation.reconciliation_id
    and r.state = 'running'
$$;
comment on function app_private.end_portal_reconciliation(uuid, text, text) is
  'Closes the ledger row and drops what was read for it (P3).';
