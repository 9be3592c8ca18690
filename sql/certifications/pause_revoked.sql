create or replace function app_private.pause_revoked(certification_ids uuid[]) returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into app_public.mentor_pauses
    (mentor_id, cause, reason, certification_id, started_at, started_by)
  select distinct on (m.id)
    m.id,
    'certification',
    format('Required certification "%s" was revoked.', t.name),
    c.id,
    app_private.clock(),
    app_private.actor()
  from app_public.certifications as c
  join app_public.certification_types as t on t.id = c.certification_type_id
  join app_public.mentors as m on m.id = c.mentor_id
  where c.id = any (certification_ids)
    and m.status in ('active', 'paused')
    and not m.coverage @> app_private.local_date(m.organization_id)
    and not exists (
      select from app_public.mentor_pauses as p
      where p.mentor_id = m.id
        and p.kind = 'certification'
        and p.ended_at is null
    )
  order by m.id, c.expires_on desc
$$;
comment on function app_private.pause_revoked(uuid[]) is
  'Opens a certification pause for holders of these revoked certifications who are not covered
today.';
