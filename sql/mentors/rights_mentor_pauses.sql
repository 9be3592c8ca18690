/*
 * Follows the mentor.
 */
alter table app_public.mentor_pauses force row level security;

drop policy if exists owner_all on app_public.mentor_pauses;
create policy owner_all on app_public.mentor_pauses to current_user using (true);

drop policy if exists select_of_mentor on app_public.mentor_pauses;
create policy select_of_mentor on app_public.mentor_pauses
  for select to mentor_lifecycle_visitor
  using ((select true from app_public.mentors as m where m.id = mentor_pauses.mentor_id));

grant select (
  id, mentor_id, cause, kind, reason, certification_id, started_at, started_by, expected_return_on,
  ended_at, ended_by, end_cause, nightly_run_id
) on app_public.mentor_pauses to mentor_lifecycle_visitor;
