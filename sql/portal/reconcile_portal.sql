create or replace function app_public.reconcile_portal(
  organization_id uuid,
  accepts_share boolean default false,
  request_id uuid default null
) returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if app_private.begin_request(request_id, 'reconcile_portal',
    jsonb_build_array(organization_id, accepts_share)) is not null
  then
    return;
  end if;
  perform app_private.require_organization_administrator(organization_id);
  perform graphile_worker.add_job(
    'portal__reconcile',
    json_build_object('acceptsShare', accepts_share),
    -- Of its own: a nightly one that is queued already must not take the acceptance away.
    job_key => 'portal__reconcile:' || accepts_share,
    max_attempts => 3
  );
  perform app_private.finish_request(request_id, to_jsonb(true));
end;
$$;
comment on function app_public.reconcile_portal(uuid, boolean, uuid) is
  'Lets the worker read the portal back and compare, now. accepts_share: also repair if an unusual
share differs. security definer: the caller may not add jobs. Errors: MNNOT, MNDEN, MNREQ (P3).';
grant execute on function app_public.reconcile_portal(uuid, boolean, uuid)
  to mentor_lifecycle_visitor;
