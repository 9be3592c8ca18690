/*
 * A last valid day is told only where it explains the pause: not of a certification that was taken
 * back, nor of one that is not valid yet.
 */
create or replace function app_private.pause_data(notification app_public.notifications) returns
jsonb language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case notification.kind
    when 'mentor_paused' then jsonb_build_object(
      'pauseCause', p.cause,
      'certificationType', t.name,
      'expiresOn', case when explained.has_expired then c.expires_on end,
      'expectedReturnOn', p.expected_return_on,
      'why', case
        when explained.is_revoked then jsonb_build_object(
          'code', 'certification_revoked',
          'on', app_private.local_date(notification.organization_id, c.revoked_at))
        when explained.has_expired and p.nightly_run_id is not null then jsonb_build_object(
          'code', 'certification_expired',
          'validFrom', c.valid_from,
          'expiresOn', c.expires_on,
          'graceDays', r.grace_days,
          'runOn', app_private.decided_on(notification))
        else jsonb_build_object('code', 'pause_started', 'on', explained.started_on)
      end
    )
    else jsonb_build_object(
      'endCause', case p.end_cause when 'resumed' then 'person' else p.end_cause end,
      'stillBecause', case when notification.kind = 'mentor_still_paused' then (
        select max(other.kind)
        from app_public.mentor_pauses as other
        where other.mentor_id = p.mentor_id
          and other.ended_at is null
      ) end,
      'why', jsonb_build_object(
        'code', 'pause_ended',
        'on', app_private.local_date(notification.organization_id, p.ended_at))
    )
  end
  from app_public.mentor_pauses as p
  left join app_public.certifications as c on c.id = p.certification_id
  left join app_public.certification_types as t on t.id = c.certification_type_id
  left join app_private.certification_rules as r on r.certification_type_id = t.id
  cross join lateral (
    select
      app_private.local_date(notification.organization_id, p.started_at) as started_on,
      c.revoked_at <= p.started_at as is_revoked,
      (c.revoked_at is null or c.revoked_at > p.started_at)
        and c.expires_on < app_private.local_date(notification.organization_id, p.started_at)
        as has_expired
  ) as explained
  where p.id = notification.pause_id
$$;
comment on function app_private.pause_data(app_public.notifications) is
  'What the beginning or the end of a pause tells; part of message_data. Never the reason that a
person gave: it may be about health.';
