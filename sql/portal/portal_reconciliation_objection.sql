create or replace function app_private.portal_reconciliation_objection(reconciliation_id uuid)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when counted.listings > 0 and counted.records = 0
    then 'The portal returned no rows at all.'
    when not r.share_accepted
      and counted.flips > greatest(5, counted.listings * 0.1)
    then format('%s of %s listings differ in what visitors see.', counted.flips, counted.listings)
  end
  from app_public.portal_reconciliations as r
  cross join lateral (
    select
      (select count(*)
       from app_private.portal_snapshots as s
       where s.reconciliation_id = r.id) as records,
      count(*) as listings,
      count(*) filter (where c.flips) as flips
    from app_private.portal_comparisons as c
    where c.reconciliation_id = r.id
  ) as counted
  where r.id = portal_reconciliation_objection.reconciliation_id
$$;
comment on function app_private.portal_reconciliation_objection(uuid) is
  'Why the comparison is too implausible to act on, in a sentence: nothing was read, or more than
five listings and a tenth of them differ; else null (P3).';
