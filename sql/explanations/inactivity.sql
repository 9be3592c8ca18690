/*
 * The night looks at the status in which it leaves the mentor: who is paused tonight is left in
 * peace, who returns tonight is not.
 */
create or replace function app_private.inactivity(mentor app_public.mentors, on_date date)
returns table (code text, sentence text)
language sql
stable
rows 1
set search_path = pg_catalog, pg_temp
as $$
  select
    coalesce(s.status, 'not_entered'),
    coalesce('The mentor has been ' || s.status || ' since ' || s.since || '.',
      'The mentor was not known yet.')
  from (select) as always
  left join app_private.status_on(mentor, on_date) as s on true
  where s.status is distinct from 'active'
    and on_date < app_private.local_date(mentor.organization_id)
  union all
  select n.status_after, case
      when n.status_after <> n.status
      then format('The mentor will be %s after the night of this date.', n.status_after)
      else format('The mentor has been %s since %s.', s.status, s.since)
    end
  from app_private.nightly_states(mentor.organization_id, on_date, array[mentor.id]) as n
  left join app_private.status_on(mentor, on_date) as s on true
  where n.status_after <> 'active'
    and on_date >= app_private.local_date(mentor.organization_id)
$$;
comment on function app_private.inactivity(app_public.mentors, date) is
  'Why a mentor is not active on a date, or would not be after its night, as code and sentence; no
row for one who is. Part of explain_mentor.';
