/*
 * The certifications of the file beside those stored for the same mentors: a row of either or,
 * where type and first day are the same, of both.
 *
 * A certification that was revoked here stays revoked, although the file still lists it:
 * importing a file again must not undo what a coordinator decided.
 */
create or replace function app_private.import_merged_periods(organization_id uuid, import_id uuid)
returns table (
  line integer,
  mentor_key text,
  certification_type text,
  certification_id uuid,
  valid_from date,
  expires_on date,
  known_expires_on date,
  known_replaced_on date,
  is_revoked boolean
)
language sql
stable
rows 10000
set search_path = pg_catalog, pg_temp
as $$
  with filed as materialized (
    select r.line, r.mentor_key, r.certification_type, r.first_day, r.last_day
    from app_private.import_mentor_rows(import_id) as r
    where r.certification_type is not null
      and r.first_day <= r.last_day
  ),
  known as materialized (
    select distinct on (c.mentor_id, c.certification_type_id, c.valid_from)
      m.mentor_key::text, t.name::text as certification_type, c.id, c.valid_from, c.expires_on,
      c.replaced_on, c.revoked_at is not null as is_revoked
    from app_public.mentors as m
    join app_public.certifications as c on c.mentor_id = m.id
    join app_public.certification_types as t on t.id = c.certification_type_id
    where m.organization_id = import_merged_periods.organization_id
      and m.mentor_key in (select f.mentor_key from filed as f)
    order by c.mentor_id, c.certification_type_id, c.valid_from, c.revoked_at nulls first
  )
  select
    f.line,
    coalesce(f.mentor_key, k.mentor_key),
    coalesce(f.certification_type, k.certification_type),
    k.id,
    coalesce(f.first_day, k.valid_from),
    coalesce(f.last_day, k.expires_on),
    k.expires_on,
    k.replaced_on,
    coalesce(k.is_revoked, false)
  from filed as f
  full join known as k
    on k.mentor_key = f.mentor_key
    and k.certification_type = f.certification_type
    and k.valid_from = f.first_day
$$;
comment on function app_private.import_merged_periods(uuid, uuid) is
  'The certifications of a file of mentors and those stored for the same mentors.';
