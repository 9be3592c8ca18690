/*
 * Whoever raises the version has written the journal row: record_changes does both. A change that
 * left the version alone came straight to the mentors row (a command that retires, an import that
 * moves a chapter, psql); it is journalled here. The deferred foreign key to the journal proves
 * it.
 *
 * Coverage that ends does not hide anybody by itself: the pause does, tonight with the brake, or
 * at once when a certification is revoked. A new requirement would else empty the website in one
 * update.
 */
create or replace function app_private.tg_mentors__record_update() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_changes app_private.mentor_change[];
  v_retired uuid[];
begin
  select array_agg((n.id,
      case
        when n.status = o.status then 'updated'
        when n.status = 'active' then 'activated'
        when n.status = 'pending' then 'reenrolled'
        else n.status
      end,
      o.status, null,
      nullif(pg_catalog.current_setting('mentor_lifecycle.reason', true), ''),
      app_private.actor(), null, null,
      nullif(pg_catalog.current_setting('mentor_lifecycle.nightly_run_id', true), '')::uuid
    )::app_private.mentor_change)
  into v_changes
  from new_mentors as n
  join old_mentors as o on o.id = n.id
  where n.version = o.version
    and (n.status, n.portal_consent, n.chapter_id, n.person_id, n.mentor_key)
      is distinct from (o.status, o.portal_consent, o.chapter_id, o.person_id, o.mentor_key);

  v_retired := array(select c.mentor_id from unnest(v_changes) as c where c.event = 'retired');
  if cardinality(v_retired) > 0 then
    perform app_private.end_pauses_of_retired(v_retired);
  end if;
  perform app_private.require_status_of_facts(
    array(
      select n.id
      from new_mentors as n
      join old_mentors as o on o.id = n.id
      where n.status <> o.status
    )
  );
  perform app_private.require_coverage_of_facts(
    array(
      select n.id
      from new_mentors as n
      join old_mentors as o on o.id = n.id
      where n.coverage <> o.coverage
    )
  );
  if cardinality(v_changes) > 0 then
    perform app_private.record_changes(v_changes);
  end if;
  perform app_private.refresh_portal_listings(array(
    select n.id
    from new_mentors as n
    join old_mentors as o on o.id = n.id
    where (n.status, n.portal_consent) is distinct from (o.status, o.portal_consent)
      or n.coverage <> o.coverage
      and n.coverage @> app_private.local_date(n.organization_id)
  ));
  return null;
end;
$$;
comment on function app_private.tg_mentors__record_update() is
  'Journals direct changes of mentors, refuses a status that contradicts the pauses or a coverage
that contradicts the certifications, and refreshes the listings (S2, S3, P1). Errors: MNTRA,
MNCRT.';

create or replace trigger _800_record_update
  after update on app_public.mentors
  referencing new table as new_mentors old table as old_mentors
  for each statement execute function app_private.tg_mentors__record_update();
