/*
 * The night is started and previewed by those who look after mentors (C8): coordinators and
 * administrators of chapters, as well as administrators of the organisation.
 */
create or replace function app_private.require_coordinator(organization_id uuid) returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.require_organization(organization_id);
  if not (
    exists (
      select from app_public.coordinators as c
      where c.organization_id = require_coordinator.organization_id
        and c.person_id = app_public.current_person_id()
    )
    or exists (
      select from app_public.chapter_administrators as ca
      where ca.organization_id = require_coordinator.organization_id
        and ca.person_id = app_public.current_person_id()
    )
    or app_private.is_organization_administrator(organization_id)
  ) then
    raise exception 'Only coordinators and administrators of the organisation may do this' using
      errcode = 'MNDEN',
      detail = format('organization_id=%s', organization_id),
      hint = 'Ask one of them to do it.';
  end if;
end;
$$;
comment on function app_private.require_coordinator(uuid) is
  'Returns if the organisation exists and the caller is one of its coordinators or administrators.
Errors: MNNOT, MNDEN.';
