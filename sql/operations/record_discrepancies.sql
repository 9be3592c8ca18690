create or replace function app_private.record_discrepancies(organization_id uuid, as_of date)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  with found as (
    select v.mentor_id, v.invariant, min(v.detail) as detail
    from app_private.invariant_violations(organization_id, as_of) as v
    group by v.mentor_id, v.invariant
  ),
  closed as (
    update app_public.discrepancies as d
    set closed_at = greatest(app_private.clock(), d.opened_at)
    where d.organization_id = record_discrepancies.organization_id
      and d.source = 'invariants'
      and d.closed_at is null
      and not exists (
        select from found as f
        where f.invariant = d.invariant
          and f.mentor_id is not distinct from d.mentor_id
      )
  )
  insert into app_public.discrepancies (organization_id, mentor_id, invariant, detail, opened_at)
  select record_discrepancies.organization_id, f.mentor_id, f.invariant, f.detail,
    app_private.clock()
  from found as f
  on conflict do nothing
$$;
comment on function app_private.record_discrepancies(uuid, date) is
  'Opens a discrepancy for each violated invariant and closes those that no longer are (S3).';
