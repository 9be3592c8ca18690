create or replace function app_private.schedule_dispatch(with_mail boolean default true)
returns timestamptz
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_next timestamptz;
begin
  select min(waiting.at)
  into v_next
  from (
    select min(coalesce(n.not_before, n.created_at)) as at
    from app_public.notifications as n
    where n.state = 'open'
    union all
    select min(d.next_attempt_at)
    from app_public.notification_deliveries as d
    where d.channel = 'in_app'
      and d.state = 'queued'
    union all
    select greatest(min(d.next_attempt_at), (
      select greatest(
        g.closed_until,
        case when g.minute_count >= g.max_per_minute then g.minute_began_at + interval '1 minute' end
      )
      from app_private.delivery_gates as g
      where g.channel = 'email'
    ))
    from app_public.notification_deliveries as d
    where with_mail
      and d.channel = 'email'
      and d.state in ('queued', 'retrying', 'unknown')
      and d.next_attempt_at is not null
    having count(*) > 0
    union all
    select min(d.lease_until)
    from app_public.notification_deliveries as d
    where d.state = 'sending'
  ) as waiting;
  if v_next is null then
    return null;
  end if;
  -- What is due already waits for somebody else: not to be asked for at once.
  v_next := greatest(v_next, now() + interval '1 second');
  perform graphile_worker.add_job(
    'notifications__dispatch',
    job_key => 'notifications__dispatch:next',
    run_at => v_next,
    max_attempts => 3
  );
  return v_next;
end;
$$;
comment on function app_private.schedule_dispatch(boolean) is
  'Lets the dispatch look again when something is due next; returns when, or null if nothing waits.
Without a mail server, mails are not waited for. The sweep of the crontab does not depend on it.';
