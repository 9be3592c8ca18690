/*
 * The ledger concerns the portal as a whole: for administrators of an organisation.
 */
alter table app_public.portal_reconciliations force row level security;

drop policy if exists owner_all on app_public.portal_reconciliations;
create policy owner_all on app_public.portal_reconciliations to current_user using (true);

drop policy if exists select_administrators on app_public.portal_reconciliations;
create policy select_administrators on app_public.portal_reconciliations
  for select to mentor_lifecycle_visitor
  using ((select app_private.is_any_administrator()));

grant select on app_public.portal_reconciliations to mentor_lifecycle_visitor;
