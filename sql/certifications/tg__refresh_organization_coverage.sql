/*
 * A type that becomes required, or other grace days, change on which days mentors are covered. The
 * rows follow at once; who is paused for it is left to the night, where the brake stands (C11).
 *
 * A mentor who is being entered is not seen from here, and a night holds many mentors: hold_rules
 * waits for both.
 */
create or replace function app_private.tg__refresh_organization_coverage() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_organization_ids uuid[];
  v_mentor_ids uuid[];
begin
  if TG_OP = 'INSERT' then
    v_organization_ids := array(select distinct c.organization_id from changed as c);
  else
    v_organization_ids := array(
      select distinct rules.organization_id
      from (
        select c.organization_id, to_jsonb(c) -> 'id', to_jsonb(c) -> 'is_required', c.grace_days
        from changed as c
        except
        select f.organization_id, to_jsonb(f) -> 'id', to_jsonb(f) -> 'is_required', f.grace_days
        from former as f
      ) as rules
    );
  end if;
  if v_organization_ids = '{}' then
    return null;
  end if;

  perform app_private.hold_rules(u.id, true)
  from unnest(v_organization_ids) as u (id)
  order by u.id;
  v_mentor_ids := array(
    select m.id
    from app_public.mentors as m
    where m.organization_id = any (v_organization_ids)
  );
  perform app_private.refresh_coverage(v_mentor_ids);
  perform app_private.refresh_roster(v_mentor_ids);
  return null;
end;
$$;
comment on function app_private.tg__refresh_organization_coverage() is
  'Recomputes the coverage of an organisation''s mentors, and their places in the roster, after a
change of what it requires or of its days of grace (C4, V1).';

create or replace trigger _500_refresh_coverage_after_insert
  after insert on app_public.certification_types
  referencing new table as changed
  for each statement execute function app_private.tg__refresh_organization_coverage();
create or replace trigger _500_refresh_coverage_after_update
  after update on app_public.certification_types
  referencing new table as changed old table as former
  for each statement execute function app_private.tg__refresh_organization_coverage();
create or replace trigger _500_refresh_coverage_after_update
  after update on app_public.organization_settings
  referencing new table as changed old table as former
  for each statement execute function app_private.tg__refresh_organization_coverage();
