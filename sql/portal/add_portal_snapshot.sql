create or replace function app_private.add_portal_snapshot(
  reconciliation_id uuid,
  records jsonb
) returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into app_private.portal_snapshots
    (reconciliation_id, remote_id, portal_key, visible, visible_until, version, revision)
  select add_portal_snapshot.reconciliation_id, r.*
  from jsonb_to_recordset(records) as r (
    remote_id uuid, portal_key text, visible boolean, visible_until date, version integer,
    revision text
  )
  on conflict do nothing
$$;
comment on function app_private.add_portal_snapshot(uuid, jsonb) is
  'Stores one page of the portal''s rows: objects with remote_id, portal_key, visible,
visible_until, version and revision (P3).';
