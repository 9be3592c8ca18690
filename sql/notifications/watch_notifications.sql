create or replace function app_private.watch_notifications() returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_gate app_private.delivery_gates;
  v_overdue record;
begin
  perform app_private.give_up_deliveries();
  select g.* into v_gate from app_private.delivery_gates as g where g.channel = 'email';
  if v_gate.closed_since < now() - interval '15 minutes' then
    perform app_private.raise_alert('mail_unavailable', 'warning',
      format('The mail server has not been in reach since %s: %s',
        to_char(v_gate.closed_since at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'),
        v_gate.error_code),
      'Nothing is lost: the mails go on by themselves once the server answers.');
  end if;

  for v_overdue in
    select o.id as organization_id, count(d.id) as waiting, min(d.queued_at) as since
    from app_public.organizations as o
    left join app_public.notification_deliveries as d
      on d.organization_id = o.id
      and d.channel = 'email'
      -- As the two indexes of what is not settled have it.
      and (
        d.state in ('queued', 'retrying', 'unknown') and d.next_attempt_at is not null
        or d.state = 'sending'
      )
      and d.queued_at < now() - interval '1 day'
    group by o.id
  loop
    if v_overdue.waiting = 0 then
      perform app_private.close_alert('mail_overdue', null, v_overdue.organization_id);
    else
      perform app_private.raise_alert('mail_overdue', 'warning',
        format('Mails that have waited for over a day: %s, the first since %s.', v_overdue.waiting,
          to_char(v_overdue.since at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')),
        'select * from app_public.notification_deliveries says why; after five days they are given up.',
        '', v_overdue.organization_id);
    end if;
  end loop;
  perform app_private.close_settled_alerts();
end;
$$;
comment on function app_private.watch_notifications() is
  'Raises and closes the alerts about telling people: a mail server out of reach for over 15
minutes, mails that wait for over a day or are given up, people who cannot be reached, mentors
about whom nobody can be told (N2).';
