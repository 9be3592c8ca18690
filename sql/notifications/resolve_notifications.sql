/*
 * Cause and recipients are looked up in the transaction that hands the notification over to them.
 * Several processes share the work: what one has locked the other passes over.
 */
create or replace function app_private.resolve_notifications(batch_size integer default 500)
returns integer
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ids uuid[];
begin
  v_ids := array(
    select n.id
    from app_public.notifications as n
    where n.state = 'open'
      and (n.not_before is null or n.not_before <= app_private.clock())
    order by n.created_at, n.id
    limit batch_size
    for no key update skip locked
  );

  update app_public.notifications as n
  set state = 'superseded',
      settled_at = now(),
      outcome_detail = gone.objection
  from unnest(v_ids) as batch (id)
  join app_public.notifications as open on open.id = batch.id
  cross join lateral (
    select app_private.notification_objection(open) as objection
    offset 0
  ) as gone
  where n.id = open.id
    and gone.objection is not null;

  perform app_private.add_deliveries(v_ids);

  update app_public.notifications as n
  set state = case when told.anybody then 'dispatched' else 'undeliverable' end,
      settled_at = now(),
      outcome_detail = case
        when not told.anybody
        then format('There is nobody to tell about the mentor %s: no coordinator but the mentor, no '
          'administrator.', n.mentor_id)
      end
  from (
    select batch.id, exists (
      select from app_public.notification_deliveries as d
      where d.notification_id = batch.id
        and d.channel = 'email'
        and d.state <> 'superseded'
    ) as anybody
    from unnest(v_ids) as batch (id)
  ) as told
  where n.id = told.id
    and n.state = 'open';
  perform app_private.warn_of_nobody(v_ids);
  return cardinality(v_ids);
end;
$$;
comment on function app_private.resolve_notifications(integer) is
  'Takes the next open notifications that are due: checks their causes again (superseded), finds the
recipients of today and writes one delivery for each and each channel (dispatched), or finds nobody
(undeliverable, with an alert) (N1, N2, N3, N4). Returns how many it looked at; 0: nothing is
left.';
