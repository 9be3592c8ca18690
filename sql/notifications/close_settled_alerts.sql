create or replace function app_private.close_settled_alerts() returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select app_private.close_alert(a.kind, a.subject, a.organization_id)
  from app_public.alerts as a
  where a.closed_at is null
    and (
      a.kind = 'nobody_to_tell'
      and exists (
        select from app_private.notification_recipients(a.subject::uuid, 'coordinators')
      )
      or a.kind = 'recipient_unreachable'
      and not exists (
        select from app_public.notification_deliveries as d
        where d.recipient_id = a.subject::uuid
          and d.channel = 'email'
          and d.state not in ('sent', 'superseded')
          and d.error_class = 'rejected'
      )
      or a.kind = 'mail_unwritable'
      and not exists (
        select from app_public.notification_deliveries as d
        where d.organization_id = a.organization_id
          and d.channel = 'email'
          and d.state not in ('sent', 'superseded')
          and d.error_code = a.subject
      )
      or a.kind = 'mails_given_up'
      and not exists (
        select from app_public.notification_deliveries as d
        where d.organization_id = a.organization_id
          and d.channel = 'email'
          and d.state = 'undeliverable'
          and d.error_class is distinct from 'rejected'
      )
      or a.kind in ('mail_unavailable', 'mail_login_refused')
      and exists (
        select from app_private.delivery_gates as g
        where g.channel = 'email'
          and g.closed_since is null
      )
    )
$$;
comment on function app_private.close_settled_alerts() is
  'Closes the alerts about mentors about whom somebody can be told again, about people to whom no
refused mail is left, about mails that were given up or could not be written and are none any more,
and about a mail server that is in reach, should they have been raised just when it came back.';
