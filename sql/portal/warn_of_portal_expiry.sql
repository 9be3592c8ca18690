/*
 * One alert for each threshold, so that the last week is not silent because somebody has
 * acknowledged the first warning two months ago; and another one if the sentence is no longer true.
 */
create or replace function app_private.warn_of_portal_expiry(
  expires_on date,
  today date default (now() at time zone 'UTC')::date
) returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_days_left constant integer := expires_on - today;
  v_threshold constant text := (
    select min(t.days)
    from unnest('{60,30,14,7,1}'::integer[]) as t (days)
    where v_days_left <= t.days
  )::text;
  v_message constant text := format(
    case when v_days_left < 0
      then 'The credentials for the portal expired on %s.'
      else 'The credentials for the portal expire on %s.'
    end,
    expires_on
  );
begin
  update app_public.alerts as a
  set closed_at = greatest(now(), a.opened_at)
  where a.kind = 'portal_credentials_expire'
    and a.closed_at is null
    and (a.subject, a.message) is distinct from (v_threshold, v_message);
  if v_threshold is not null then
    perform app_private.raise_alert('portal_credentials_expire',
      case when v_days_left <= 7 then 'critical' else 'warning' end,
      v_message,
      'Renew them as docs/portal.md describes; no restart is needed.',
      v_threshold);
  end if;
end;
$$;
comment on function app_private.warn_of_portal_expiry(date, date) is
  'Keeps the warning open that 60, 30, 14, 7 or 1 days are left for the credentials; null closes
it. today is a date in UTC (P7).';
