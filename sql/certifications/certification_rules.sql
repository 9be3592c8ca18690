create or replace view app_private.certification_rules
with (security_invoker = true)
as
select
  t.organization_id,
  t.id as certification_type_id,
  t.name,
  t.is_required,
  coalesce(t.grace_days, s.grace_days) as grace_days,
  case
    when s.custom_thresholds_enabled
    then coalesce(t.reminder_threshold_days, s.reminder_threshold_days)
    else standard.reminder_threshold_days
  end as threshold_days,
  case
    when not s.custom_thresholds_enabled then 'standard'
    when t.reminder_threshold_days is not null then 'type'
    else 'organization'
  end as threshold_origin
from app_public.certification_types as t
join app_public.organization_settings as s on s.organization_id = t.organization_id
cross join app_private.standard_settings as standard;
comment on view app_private.certification_rules is
  'What holds for each certification type: its own value, else the organisation''s; thresholds of
their own only behind the organisation''s feature flag, else the standard ones (C3).';
