create or replace function app_private.start_portal_reconciliation(
  share_accepted boolean default false
) returns uuid
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id uuid;
begin
  perform app_private.end_portal_reconciliation(r.id, 'failed', 'It was interrupted.')
  from app_public.portal_reconciliations as r
  where r.state = 'running'
    and r.started_at < now() - interval '1 hour';

  insert into app_public.portal_reconciliations (share_accepted, actor)
  values (share_accepted, app_private.actor())
  returning id into v_id;
  return v_id;
end;
$$;
comment on function app_private.start_portal_reconciliation(boolean) is
  'Opens the ledger row of a reconciliation, before the portal is read: what changes from then on is
not judged. share_accepted: an unusual share may be repaired (P3).';
