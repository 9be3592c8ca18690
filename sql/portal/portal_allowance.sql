/*
 * Closed: none. Closed until a moment that has passed: one, to see whether the portal is back.
 * Just back: two, and one more every five seconds, so that eight hours of changes do not fall on
 * it at once.
 */
create or replace function app_private.portal_allowance(gate app_private.portal_gate)
returns integer
language sql
stable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case
    when gate.closed_until > now() then 0
    when gate.closed_class is not null then 1
    when gate.recovered_at is null then gate.parallelism
    else least(
      gate.parallelism::numeric,
      2 + floor(extract(epoch from greatest(now() - gate.recovered_at, interval '0')) / 5)
    )::integer
  end
$$;
comment on function app_private.portal_allowance(app_private.portal_gate) is
  'How many listings may be under way now, over all workers (P6).';
