create or replace function app_private.notify_of_returns(pause_ids uuid[]) returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into app_public.notifications (
    organization_id, mentor_id, kind, audience, reason, dedupe_key, pause_id, nightly_run_id
  )
  select
    m.organization_id,
    m.id,
    case m.status when 'paused' then 'mentor_still_paused' else 'mentor_resumed' end,
    told.audience,
    case
      when m.status <> 'paused' and p.end_cause = 'recertified'
      then 'The certification is valid again.'
      when m.status <> 'paused' and p.end_cause = 'planned_return'
      then format('The planned return was on %s.', p.expected_return_on)
      when m.status <> 'paused' then 'The pause was ended.'
      when p.kind = 'person'
      then 'The pause was ended; the mentor stays paused until the certification is renewed.'
      else 'The certification is valid again; the mentor stays paused as agreed with a person.'
    end,
    'mentor_resumed:' || p.id || ':' || told.audience,
    p.id,
    nullif(pg_catalog.current_setting('mentor_lifecycle.nightly_run_id', true), '')::uuid
  from unnest(pause_ids) as ended (id)
  join app_public.mentor_pauses as p on p.id = ended.id
  join app_public.mentors as m on m.id = p.mentor_id
  cross join (values ('mentor'), ('coordinators')) as told (audience)
$$;
comment on function app_private.notify_of_returns(uuid[]) is
  'Writes who is to be told that pauses have ended, and whether the mentor is back (S5).';
