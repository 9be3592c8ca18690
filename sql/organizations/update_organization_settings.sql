drop function if exists app_public.update_organization_settings(
  uuid, time, integer, boolean, integer[], numeric, integer, uuid
);
create or replace function app_public.update_organization_settings(
  organization_id uuid,
  nightly_at time default null,
  grace_days integer default null,
  custom_thresholds_enabled boolean default null,
  reminder_threshold_days integer[] default null,
  brake_share numeric default null,
  brake_minimum integer default null,
  follow_up_after_days integer default null,
  follow_up_steps integer[] default null,
  quiet_from time default null,
  quiet_until time default null,
  clear_quiet_hours boolean default false,
  daily_mail_cap integer default null,
  request_id uuid default null
) returns app_public.organization_settings
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb := app_private.begin_request(request_id, 'update_organization_settings',
    jsonb_build_array(organization_id, nightly_at, grace_days, custom_thresholds_enabled,
      reminder_threshold_days, brake_share, brake_minimum, follow_up_after_days, follow_up_steps,
      quiet_from, quiet_until, clear_quiet_hours, daily_mail_cap));
  v_settings app_public.organization_settings;
begin
  if v_answer is not null then
    return jsonb_populate_record(null::app_public.organization_settings, v_answer);
  end if;
  perform app_private.require_organization_administrator(organization_id);

  update app_public.organization_settings as s
  set nightly_at = coalesce(update_organization_settings.nightly_at, s.nightly_at),
      grace_days = coalesce(update_organization_settings.grace_days, s.grace_days),
      custom_thresholds_enabled = coalesce(
        update_organization_settings.custom_thresholds_enabled, s.custom_thresholds_enabled
      ),
      reminder_threshold_days = coalesce(
        update_organization_settings.reminder_threshold_days, s.reminder_threshold_days
      ),
      brake_share = coalesce(update_organization_settings.brake_share, s.brake_share),
      brake_minimum = coalesce(update_organization_settings.brake_minimum, s.brake_minimum),
      follow_up_after_days = coalesce(
        update_organization_settings.follow_up_after_days, s.follow_up_after_days
      ),
      follow_up_steps = coalesce(update_organization_settings.follow_up_steps, s.follow_up_steps),
      quiet_from = coalesce(
        update_organization_settings.quiet_from,
        case when clear_quiet_hours is not true then s.quiet_from end
      ),
      quiet_until = coalesce(
        update_organization_settings.quiet_until,
        case when clear_quiet_hours is not true then s.quiet_until end
      ),
      daily_mail_cap = coalesce(update_organization_settings.daily_mail_cap, s.daily_mail_cap),
      updated_at = app_private.clock()
  where s.organization_id = update_organization_settings.organization_id
  returning s.* into v_settings;

  perform app_private.finish_request(request_id, to_jsonb(v_settings));
  return v_settings;
end;
$$;
comment on function app_public.update_organization_settings(
  uuid, time, integer, boolean, integer[], numeric, integer, integer, integer[], time, time,
  boolean, integer, uuid
) is
  'Changes the settings that are given and leaves the others; clear_quiet_hours takes the quiet
hours away. Returns all of them (C3, C11, F1). security definer: the caller may not write the
tables.
Errors: MNNOT, MNDEN, MNREQ; a value out of bounds is refused by the constraint that names it.';
grant execute on function app_public.update_organization_settings(
  uuid, time, integer, boolean, integer[], numeric, integer, integer, integer[], time, time,
  boolean, integer, uuid
) to mentor_lifecycle_visitor;
