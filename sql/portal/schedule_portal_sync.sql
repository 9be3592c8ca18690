create or replace function app_private.schedule_portal_sync() returns timestamptz
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_next timestamptz;
begin
  select greatest(
    min(greatest(l.next_attempt_at, l.lease_until)),
    (select g.closed_until from app_private.portal_gate as g),
    -- What is due already waits for a place that another process has: not to be asked for at once.
    now() + interval '1 second'
  )
  into v_next
  from app_public.portal_listings as l
  where l.condition in ('pending', 'retrying')
  having count(*) > 0;
  if v_next is not null then
    perform graphile_worker.add_job(
      'portal__sync',
      job_key => 'portal__sync:next',
      run_at => v_next,
      max_attempts => 3
    );
  end if;
  return v_next;
end;
$$;
comment on function app_private.schedule_portal_sync() is
  'Lets the sync look again when the next listing is due and the gate may open; returns when, or
null if nothing waits. The sweep of the crontab does not depend on it (P2, P6).';
