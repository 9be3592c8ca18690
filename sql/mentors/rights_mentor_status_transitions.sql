/*
 * Vocabulary, for everybody whom an organisation knows.
 */
alter table app_public.mentor_status_transitions force row level security;

drop policy if exists owner_all on app_public.mentor_status_transitions;
create policy owner_all on app_public.mentor_status_transitions to current_user using (true);

drop policy if exists select_known on app_public.mentor_status_transitions;
create policy select_known on app_public.mentor_status_transitions
  for select to mentor_lifecycle_visitor
  using ((select app_public.current_person_id()) is not null);

grant select on app_public.mentor_status_transitions to mentor_lifecycle_visitor;
