create or replace function app_private.explain_status(mentor app_public.mentors, on_date date)
returns setof app_public.explanation
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select null::integer, 'status', 'the mentor', 'fact', coalesce(s.status, 'not_entered'),
    case
      when s.status is not null
      then format('%s since %s: %s, by %s.', initcap(s.status), s.since, case
        when s.event = 'activated' then 'every required certification had become valid'
        when s.cause = 'recertified' then 'every required certification was valid again'
        when s.cause = 'planned_return' then 'the day of the planned return had come'
        when s.event = 'resumed' then 'the pause was ended'
        when s.event = 'paused' and s.cause = 'certification' then 'paused for certification'
        when s.event = 'paused' then 'a person paused the mentor'
        when s.event = 'reenrolled' then 're-enrolled'
        else s.event
      end, s.actor)
      else 'The mentor was not known yet: entered on ' || (
        select app_private.local_date(mentor.organization_id, j.at)
        from app_public.mentor_journal as j
        where j.mentor_id = mentor.id
          and j.version = 1
      ) || '.'
    end || case s.status
      when 'pending' then coalesce(' ' || (
        select lapsed.reason
        from app_private.lapsed_certification(mentor.id, on_date) as lapsed
      ), '')
      else ''
    end,
    s.at, null::uuid, null::uuid, s.nightly_run_id, null::uuid, null::uuid
  from (select) as always
  left join app_private.status_on(mentor, on_date) as s on true
$$;
comment on function app_private.explain_status(app_public.mentors, date) is
  'In which status a mentor was on a date, since when and why; part of explain_mentor. Never the
reason that a person gave: it may be about health.';
