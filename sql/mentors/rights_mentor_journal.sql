/*
 * Follows the mentor.
 */
alter table app_public.mentor_journal force row level security;

drop policy if exists owner_all on app_public.mentor_journal;
create policy owner_all on app_public.mentor_journal to current_user using (true);

drop policy if exists select_of_mentor on app_public.mentor_journal;
create policy select_of_mentor on app_public.mentor_journal
  for select to mentor_lifecycle_visitor
  using ((select true from app_public.mentors as m where m.id = mentor_journal.mentor_id));

grant select (
  mentor_id, version, event, from_status, to_status, cause, reason, actor, at, pause_id,
  certification_id, nightly_run_id, recorded_at
) on app_public.mentor_journal to mentor_lifecycle_visitor;
