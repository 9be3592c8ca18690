create or replace function app_private.import_newcomers(
  organization_id uuid,
  import_id uuid,
  as_of date
) returns table (
  mentor_key text,
  chapter_id uuid,
  person_id uuid,
  portal_consent boolean,
  status text,
  coverage datemultirange,
  lapsed_type text,
  lapsed_until date,
  lapsed_expires_on date
)
language sql
stable
rows 10000
set search_path = pg_catalog, pg_temp
as $$
  select
    r.mentor_key,
    c.id,
    p.id,
    coalesce(r.portal_consent, false),
    case
      when s.coverage @> as_of and s.is_certified then 'active'
      when s.lapsed_type is not null then 'paused'
      else 'pending'
    end,
    coalesce(s.coverage, case
      when exists (
        select from app_public.certification_types as t
        where t.organization_id = import_newcomers.organization_id
          and t.is_required
      ) then '{}'::datemultirange
      else '{(,)}'
    end),
    s.lapsed_type,
    s.lapsed_until,
    s.lapsed_expires_on
  from app_private.import_mentor_records(import_id) as r
  join app_public.chapters as c
    on c.organization_id = import_newcomers.organization_id
    and c.name = r.chapter
  join app_public.people as p
    on p.organization_id = import_newcomers.organization_id
    and lower(p.email) = r.email_key
  left join app_private.import_standings(
    import_newcomers.organization_id, import_id, as_of
  ) as s
    on s.mentor_key = r.mentor_key
  where not exists (
    select from app_public.mentors as m
    where m.organization_id = import_newcomers.organization_id
      and m.mentor_key = r.mentor_key
  )
$$;
comment on function app_private.import_newcomers(uuid, uuid, date) is
  'The mentors of a file who are not known yet, as they will be stored: covered on the day,
active; once certified and no longer, paused; never certified, pending.';
