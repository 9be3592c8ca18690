create or replace function app_private.import_known_mentors(organization_id uuid, import_id uuid)
returns table (subject text, outcome text, amount bigint, message text)
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  with known as materialized (
    select m.id, m.status, c.id as chapter_id, r.portal_consent
    from app_private.import_mentor_records(import_id) as r
    join app_public.mentors as m
      on m.organization_id = import_known_mentors.organization_id
      and m.mentor_key = r.mentor_key
    join app_public.chapters as c
      on c.organization_id = m.organization_id
      and c.name = r.chapter
  ),
  updated as (
    update app_public.mentors as m
    set chapter_id = k.chapter_id,
        portal_consent = coalesce(k.portal_consent, m.portal_consent)
    from known as k
    where m.id = k.id
      and (m.chapter_id <> k.chapter_id or m.portal_consent <> k.portal_consent)
    returning m.id
  )
  select 'mentors', 'updated', count(*), null from updated
  union all
  select 'mentors', 'unchanged', (select count(*) from known) - (select count(*) from updated), null
  union all
  select 'mentors', 'warning', null, case count(*)
    when 1 then '1 mentor of the file has retired here and stays retired.'
    else format('%s mentors of the file have retired here and stay retired.', count(*))
  end
  from known as k
  where k.status = 'retired'
  having count(*) > 0
$$;
comment on function app_private.import_known_mentors(uuid, uuid) is
  'Changes chapter and consent of the mentors of a file who are known, where they differ; part of a
summary.';
