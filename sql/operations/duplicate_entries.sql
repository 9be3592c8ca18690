/*
 * Named constraints make most of these impossible; whoever looks does not rely on them.
 */
create or replace function app_private.duplicate_entries()
returns table (organization_id uuid, mentor_id uuid, entry text, detail text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select m.organization_id, m.id, 'journal',
    format('paused %s times by the run %s for the certification %s', count(*), j.nightly_run_id,
      j.certification_id)
  from app_public.mentor_journal as j
  join app_public.mentors as m on m.id = j.mentor_id
  where j.event = 'paused'
    and j.cause = 'certification'
    and j.nightly_run_id is not null
  group by m.organization_id, m.id, j.certification_id, j.nightly_run_id
  having count(*) > 1
  union all
  select m.organization_id, m.id, 'reminder',
    format('%s reminders of the certification %s that expires on %s, at %s days', count(*),
      r.certification_id, r.expires_on, r.threshold_days)
  from app_public.certification_reminders as r
  join app_public.mentors as m on m.id = r.mentor_id
  where r.disposition = 'notified'
  group by m.organization_id, m.id, r.certification_id, r.expires_on, r.threshold_days
  having count(*) > 1
  union all
  select n.organization_id, n.mentor_id, 'notification',
    format('%s notifications %s to %s about one fact', count(*), n.kind, n.audience)
  from app_public.notifications as n
  group by n.organization_id, n.mentor_id, n.kind, n.audience, n.certification_id, n.expires_on,
    n.threshold_days, n.pause_id, n.assignment_id, n.last_contact_on, n.step
  having count(*) > 1
  union all
  select n.organization_id, n.mentor_id, 'delivery',
    format('the delivery %s was taken over by the mail server %s times', a.delivery_id, count(*))
  from app_public.notification_attempts as a
  join app_public.notification_deliveries as d on d.id = a.delivery_id
  join app_public.notifications as n on n.id = d.notification_id
  where a.outcome = 'sent'
  group by n.organization_id, n.mentor_id, a.delivery_id
  having count(*) > 1
$$;
comment on function app_private.duplicate_entries() is
  'Journal entries, reminders, notifications and mails that stand twice for one certification
period, pause or silence: what may never be (C7). Empty means healthy.';
