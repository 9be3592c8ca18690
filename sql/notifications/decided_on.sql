create or replace function app_private.decided_on(notification app_public.notifications) returns
date language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(
    (select r.run_on from app_public.nightly_runs as r where r.id = notification.nightly_run_id),
    app_private.local_date(notification.organization_id, notification.created_at)
  )
$$;
comment on function app_private.decided_on(app_public.notifications) is
  'The local date on which a notification was decided: that of its nightly run, else of its
writing.';
