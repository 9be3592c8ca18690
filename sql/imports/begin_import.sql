/*
 * Two imports into one organisation would both find the same chapter missing and both create it.
 * The second one waits here until the first has committed, and then finds everything in place.
 * Nobody changes the days of grace, or what is required, before it has: the new mentors are entered
 * by the rules of now.
 */
create or replace function app_private.begin_import(organization_slug text)
returns table (import_id uuid, organization_id uuid)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  organization_id := (
    select o.id from app_public.organizations as o where o.slug = organization_slug
  );
  if organization_id is null then
    raise exception 'There is no organisation "%"', organization_slug using
      errcode = 'MNNOT',
      hint = 'Check the slug, or create the organisation with npm run organization:create.';
  end if;

  perform pg_advisory_xact_lock(hashtextextended('import:' || organization_id, 0));
  perform app_private.hold_rules(begin_import.organization_id, false);
  perform set_config('mentor_lifecycle.actor', 'import', true);
  import_id := gen_random_uuid();
  return next;
end;
$$;
comment on function app_private.begin_import(text) is
  'Starts an import in this transaction, after any other into the same organisation has ended, keeps
its rules as they are, and names import as the actor of what follows. Errors: MNNOT.';
