/*
 * Coverage is computed here only for pending mentors: where nothing is required they are covered
 * without any certification. Others have been inserted with theirs, in one statement
 * with their certifications, and it is compared.
 */
create or replace function app_private.tg_mentors__record_insert() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.require_status_of_facts(array(select n.id from new_mentors as n));

  insert into app_public.mentor_journal (mentor_id, version, event, to_status, actor, at)
  select
    n.id,
    n.version,
    case when n.status = 'pending' and app_private.actor() <> 'import'
      then 'enrolled' else 'imported'
    end,
    n.status,
    app_private.actor(),
    app_private.clock()
  from new_mentors as n;

  perform app_private.refresh_coverage(
    array(select n.id from new_mentors as n where n.status = 'pending')
  );
  perform app_private.require_coverage_of_facts(
    array(select n.id from new_mentors as n where n.status <> 'pending')
  );
  perform app_private.refresh_portal_listings(array(select n.id from new_mentors as n));
  return null;
end;
$$;
comment on function app_private.tg_mentors__record_insert() is
  'Writes the first journal row of new mentors, their coverage and their listing, also of those who
are not to be shown: a portal that is older than this system may show them (P3). Errors: MNTRA,
MNCRT.';

create or replace trigger _800_record_insert
  after insert on app_public.mentors
  referencing new table as new_mentors
  for each statement execute function app_private.tg_mentors__record_insert();
