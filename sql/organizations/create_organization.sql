/*
 * The way into an empty database: there is no person yet who could be permitted, so no role but the
 * owner may call it.
 */
create or replace function app_private.create_organization(
  slug text,
  name text,
  time_zone text default 'Europe/Oslo',
  locale text default 'nb'
) returns app_public.organizations
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_organization app_public.organizations;
begin
  if slug !~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$' then
    raise exception 'The slug "%" cannot stand in an address', slug using
      errcode = 'invalid_parameter_value',
      hint = 'Take up to 63 lower case letters, digits and hyphens, like hlf or horsel-nord.';
  end if;
  if app_private.label_problem(name) is not null then
    raise exception 'The name "%" %', name, app_private.label_problem(name) using
      errcode = 'invalid_parameter_value';
  end if;
  if time_zone !~ '^(UTC|[A-Z][A-Za-z_]+(/[A-Za-z0-9_+-]+)+)$'
    or not exists (select from pg_timezone_names as z where z.name = time_zone)
  then
    raise exception 'There is no time zone "%"', time_zone using
      errcode = 'invalid_parameter_value',
      hint = 'Take a name of the IANA list, like Europe/Oslo.';
  end if;
  if app_private.locale_problem(locale) is not null then
    raise exception 'The locale "%" %', locale, app_private.locale_problem(locale) using
      errcode = 'invalid_parameter_value';
  end if;

  insert into app_public.organizations as o (slug, name, time_zone, locale)
  values (create_organization.slug, create_organization.name, create_organization.time_zone,
    create_organization.locale)
  on conflict on constraint organizations_slug_is_unique do nothing
  returning o.* into v_organization;
  if not found then
    raise exception 'There is an organisation "%" already', slug using
      errcode = 'unique_violation',
      hint = 'Choose another slug, or go on with the organisation that is there.';
  end if;
  return v_organization;
end;
$$;
comment on function app_private.create_organization(text, text, text, text) is
  'Creates an organisation with default settings, and returns it. A slug that is taken, or
anything that the table would refuse, is refused with its cure.';
