create or replace view app_private.timeline_of_portal
with (security_invoker = true)
as
select
  e.organization_id,
  e.mentor_id,
  e.created_at as at,
  'portal_' || case e.kind
    when 'listing.hidden' then 'to_be_hidden'
    when 'listing.shown' then 'to_be_shown'
    when 'listing.until_changed' then 'until_changed'
    else 'sync_requested'
  end as kind,
  case e.kind
    when 'listing.hidden' then 'To be hidden on the portal'
    when 'listing.shown' then 'To be shown on the portal'
    when 'listing.until_changed' then 'To be shown on the portal until another day'
    else 'To be told to the portal again'
  end as title,
  concat_ws(' ', e.reason, 'Until ' || e.desired_until || '.') as detail,
  e.actor,
  'portal_events' as source,
  e.id::text as source_id,
  null::uuid as nightly_run_id,
  null::uuid as certification_id,
  null::uuid as assignment_id,
  null::uuid as notification_id
from app_public.portal_events as e
union all
select
  a.organization_id,
  a.mentor_id,
  a.at,
  'portal_' || a.outcome,
  case a.outcome
    when 'written' then 'The portal was told'
    when 'unchanged' then 'The portal showed it already'
    when 'absent' then 'The portal has no row that could be hidden'
    when 'held' then 'Somebody hid the mentor in the portal'
    when 'missing' then 'The portal has no row that could be shown'
    else 'The portal could not be told'
  end,
  coalesce(
    a.error_message,
    case
      when a.visible then concat_ws(' ', 'It shows the mentor', 'until ' || a.visible_until) || '.'
      when not a.visible then 'It does not show the mentor.'
    end
  ),
  'worker',
  'portal_attempts',
  a.id::text,
  null,
  null,
  null,
  null
from app_public.portal_attempts as a;
comment on view app_private.timeline_of_portal is
  'What a timeline says about the portal: what was wanted, what was tried, what was found.';
grant select on app_private.timeline_of_portal to mentor_lifecycle_visitor;
