/*
 * Planned anew at each call, because the same text serves one assignment and ten thousand.
 */
create or replace function app_private.derive_last_contacts(assignment_ids uuid[]) returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
begin
  update app_public.assignments as a
  set last_contact_on = derived.last_contact_on
  from app_private.last_contacts(assignment_ids) as derived
  where a.id = derived.assignment_id
    and a.last_contact_on <> derived.last_contact_on;
end;
$$;
comment on function app_private.derive_last_contacts(uuid[]) is
  'Brings the last contact of assignments that are locked up to date with their facts (F2).';
