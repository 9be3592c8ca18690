/*
 * A listing that changed since it was compared is left to the sync.
 */
create or replace function app_private.repair_portal(reconciliation_id uuid) returns integer
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_repaired uuid[];
begin
  update app_public.portal_listings as l
  set condition = 'needs_attention',
      pending_since = coalesce(l.pending_since, now()),
      held_since = case c.decision
        when 'held' then coalesce(l.held_since, now())
        else l.held_since
      end,
      error_class = c.decision,
      error_message = app_private.portal_attention_sentence(c.decision)
  from app_private.portal_comparisons as c
  where c.reconciliation_id = repair_portal.reconciliation_id
    and c.decision in ('held', 'missing')
    and l.mentor_id = c.mentor_id
    and l.desired_version = c.desired_version
    and (l.lease_until is null or l.lease_until <= now());

  v_repaired := array(
    select l.mentor_id
    from app_private.portal_comparisons as c
    join app_public.portal_listings as l on l.mentor_id = c.mentor_id
    where c.reconciliation_id = repair_portal.reconciliation_id
      and l.desired_version = c.desired_version
      and (l.lease_until is null or l.lease_until <= now())
      and (c.decision = 'write'
        or c.decision in ('unchanged', 'absent') and l.condition = 'needs_attention')
    order by l.mentor_id
    for no key update of l
  );
  perform app_private.request_portal_sync(v_repaired, 'differs from the portal');
  perform app_private.remember_portal_record(l, c.decision, c.remote)
  from app_private.portal_comparisons as c
  join app_public.portal_listings as l on l.mentor_id = c.mentor_id
  where c.reconciliation_id = repair_portal.reconciliation_id
    and c.decision in ('held', 'missing')
    and l.condition = 'needs_attention';
  return cardinality(v_repaired);
end;
$$;
comment on function app_private.repair_portal(uuid) is
  'Puts before a person what is held or missing, and lets everything else that differs be told
again; returns how many those are (P3).';
