create or replace view app_private.local_dates
with (security_invoker = true)
as
select o.id as organization_id, (app_private.clock() at time zone o.time_zone)::date as today
from app_public.organizations as o;
comment on view app_private.local_dates is
  'Today on each organisation''s own calendar: local_date for joins.';
