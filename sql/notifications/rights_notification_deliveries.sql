/*
 * One's own, and those of every notification that one may read: whether it came, and why to whom.
 * The words are the recipient's alone: notification_deliveries_subject and
 * notification_deliveries_body. What the mail server answered, and who works on it, is nobody's
 * business.
 */
alter table app_public.notification_deliveries force row level security;

drop policy if exists owner_all on app_public.notification_deliveries;
create policy owner_all on app_public.notification_deliveries to current_user using (true);

drop policy if exists select_concerned on app_public.notification_deliveries;
create policy select_concerned on app_public.notification_deliveries
  for select to mentor_lifecycle_visitor
  using (
    organization_id = (select app_private.current_organization_id())
    and (
      recipient_id = (select app_public.current_person_id())
      or (
        select true from app_public.notifications as n
        where n.id = notification_deliveries.notification_id
      )
    )
  );

grant select (
  id, notification_id, organization_id, recipient_id, recipient_role, recipient_reason, channel,
  state, attempts, next_attempt_at, deferred_because, may_have_arrived, attempted_at, error_class,
  error_code, sent_at, outcome_detail, read_at, created_at, queued_at
) on app_public.notification_deliveries to mentor_lifecycle_visitor;
