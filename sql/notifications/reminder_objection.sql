/*
 * A renewal counts by the rule of nightly_reminders: a later period that begins before the grace
 * days are over.
 */
create or replace function app_private.reminder_objection(notification app_public.notifications)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when m.status = 'retired' then 'The mentor has retired.'
    when c.revoked_at is not null then 'The certification was revoked.'
    when c.expires_on <> notification.expires_on
    then format('The certification expires on %s now.', c.expires_on)
    when exists (
      select from app_public.certifications as renewal
      join app_private.certification_rules as r
        on r.certification_type_id = renewal.certification_type_id
      where renewal.mentor_id = c.mentor_id
        and renewal.certification_type_id = c.certification_type_id
        and renewal.revoked_at is null
        and renewal.expires_on > c.expires_on
        and renewal.valid_from <= c.expires_on + r.grace_days + 1
    ) then 'The certification has been renewed.'
    when exists (
      select from app_public.mentor_pauses as p
      where p.mentor_id = m.id
        and p.certification_id = c.id
        and p.ended_at is null
    ) then 'The mentor has been paused for the certification, and is told so.'
    when exists (
      select from app_public.certification_reminders as later
      where later.mentor_id = m.id
        and later.certification_id = c.id
        and later.expires_on = c.expires_on
        and later.threshold_days < notification.threshold_days
        and later.disposition = 'notified'
    ) then 'A more urgent reminder has followed.'
  end
  from app_public.mentors as m
  join app_public.certifications as c on c.id = notification.certification_id
  where m.id = notification.mentor_id
$$;
comment on function app_private.reminder_objection(app_public.notifications) is
  'Why the cause of a reminder no longer holds, in a sentence; null while it does (N4).';
