create or replace function app_private.warn_of_nobody(notification_ids uuid[]) returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select app_private.raise_alert('nobody_to_tell', 'warning',
    format('There is nobody to tell about the mentor %s.', unheard.mentor_id),
    'Give the mentor a coordinator, or the chapter or the organisation an administrator; then call '
      'retry_undelivered_notifications.',
    unheard.mentor_id::text, unheard.organization_id)
  from (
    select distinct n.mentor_id, n.organization_id
    from app_public.notifications as n
    where n.id = any (notification_ids)
      and n.state = 'undeliverable'
    -- Two processes that warn of the same mentors do so in the same order.
    order by n.mentor_id
  ) as unheard
$$;
comment on function app_private.warn_of_nobody(uuid[]) is
  'Raises one alert for each mentor about whom there is nobody to tell, of the given notifications
(N2).';
