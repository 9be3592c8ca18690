/*
 * Follows the mentor; but what coordinators are told about the mentor is not for the mentor.
 */
alter table app_public.notifications force row level security;

drop policy if exists owner_all on app_public.notifications;
create policy owner_all on app_public.notifications to current_user using (true);

drop policy if exists select_concerned on app_public.notifications;
create policy select_concerned on app_public.notifications
  for select to mentor_lifecycle_visitor
  using (
    organization_id = (select app_private.current_organization_id())
    and (
      select true from app_public.mentors as m
      where m.id = notifications.mentor_id
        and (
          notifications.audience = 'mentor'
          or m.person_id <> (select app_public.current_person_id())
        )
    )
  );

grant select (
  id, organization_id, mentor_id, assignment_id, kind, audience, state, reason, pause_id,
  certification_id, expires_on, threshold_days, last_contact_on, step, nightly_run_id, not_before,
  created_at, settled_at, outcome_detail
) on app_public.notifications to mentor_lifecycle_visitor;
